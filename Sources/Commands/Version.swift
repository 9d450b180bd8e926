/// teamfix's own version: `--version`, the runs' records and the manual's footers show it.
package let teamfixVersion = "0.1.0"
