import Workflows

extension Session {
    /// The specialists that need no model, with the programs of this machine.
    var builtinChecks: BuiltinChecks {
        let session = self
        return BuiltinChecks(
            yaml: yamlFault,
            tools: SyntaxTools(
                environment: invocation.surroundings.environment, scratch: scratch, workTree: workTree,
                sandbox: { try await session.sandbox() }))
    }
}
