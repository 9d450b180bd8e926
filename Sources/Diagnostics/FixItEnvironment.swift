/// The environment in which compilers print what a reader of logs needs, and nothing that only a person wants.
package enum FixItEnvironment {
    /// The variables to add to an environment; an empty value takes away what the variable would do.
    ///
    /// gcc's `fixits-v1` counts columns in bytes, as `FixIt` does; `fixits-v2` counts them as a terminal shows them,
    /// tabs expanded, which is of no use for an edit. clang gets its flag through the variable that its driver reads,
    /// so that no build file changes: `#` keeps it silent, `^` puts a flag first, before any `--`. Between the other two
    /// flags it may go unused, as it does when clang assembles: `-Werror` would make that an error.
    package static func additions(existing: [String: String]) -> [String: String] {
        var added = [
            "GCC_EXTRA_DIAGNOSTIC_OUTPUT": "fixits-v1",
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "CLICOLOR": "0",
            "TERM": "dumb",
            "CARGO_TERM_COLOR": "never",
            "CARGO_TERM_PROGRESS_WHEN": "never",
            "PYTHONUNBUFFERED": "1",
            "PY_COLORS": "0",
        ]
        // gcc and CMake read these as "force", whatever the value.
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE", "GCC_COLORS"] where existing[name] != nil { added[name] = "" }
        added["CCC_OVERRIDE_OPTIONS"] = overrides(existing["CCC_OVERRIDE_OPTIONS"])
        return added
    }

    private static func overrides(_ existing: String?) -> String {
        // Each `^` goes before what the last one put there, so they stand in reverse.
        let edits = "^--end-no-unused-arguments ^-fdiagnostics-parseable-fixits ^--start-no-unused-arguments"
        guard let existing, !existing.isEmpty else { return "#" + edits }
        // A first `#` holds for the whole list; the list's own edits stay.
        return existing.contains("-fdiagnostics-parseable-fixits") ? existing : existing + " " + edits
    }
}
