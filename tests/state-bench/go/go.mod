module logagent/statebench

go 1.25
