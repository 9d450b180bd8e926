// DriftTests
