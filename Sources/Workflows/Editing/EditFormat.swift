/// How a model is asked to write a change, always as plain fenced text: code inside JSON costs models what they know of code.
package enum EditFormat: String, Sendable, Codable, CaseIterable {
    /// One line again.
    case line
    /// A few lines again.
    case window
    /// A whole function again.
    case function
    /// Lines to find, and what to put in their place; several, in several files.
    case searchReplace = "search-replace"
    /// The whole file again.
    case file
}
