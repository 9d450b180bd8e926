import Diagnostics

/// Outside text (a model's, a log's, a file name's) on a single line, without control sequences: the door through which it
/// reaches the terminal.
package func sanitizedLine(_ text: String) -> String {
    sanitized(text).replacing("\t", with: "    ").split(separator: "\n").joined(separator: " ")
}
