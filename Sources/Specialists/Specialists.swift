// Specialists
