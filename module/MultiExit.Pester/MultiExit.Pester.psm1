# Assertions for tests of MultiExit servers and configurations; docs/testing-your-configuration.md is the how-to.
$ErrorActionPreference = 'Stop'
foreach ($file in 'BlockEnd', 'EchoTarget', 'Route', 'Way', 'Should-MxBeRefused', 'Should-MxLeaveFrom', 'Should-MxReach', 'Should-MxRouteTo', 'Start-MxTestServer') {
    . (Join-Path $PSScriptRoot "$file.ps1")
}
