import GRDB

/// A file may hold what this program never wrote: a column of another type is as good as an empty one.
extension Row {
    func value<Value: DatabaseValueConvertible>(_ column: String, or fallback: Value) -> Value {
        optional(column) ?? fallback
    }

    func optional<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
        guard hasColumn(column) else { return nil }
        let stored: DatabaseValue = self[column]
        return Value.fromDatabaseValue(stored)
    }
}
