// GitTests
