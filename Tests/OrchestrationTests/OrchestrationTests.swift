// OrchestrationTests
