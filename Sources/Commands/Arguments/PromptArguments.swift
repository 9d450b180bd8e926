import ArgumentParser

/// What every command that asks models takes beside the common options.
package struct PromptArguments: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Show what would be sent, and to whom, and send nothing.",
            discussion:
                "Servers are asked for their models only. For fix the build runs first, and no branch is written."))
    package var explainPrompts = false

    package init() {}
}
