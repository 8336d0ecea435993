# Whether a packaged module imports and answers, in a process that knows nothing of the checkout.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'
$manifest = Join-Path $Folder 'MultiExit.psd1'
$module = Import-Module $manifest -PassThru
$promised = (Import-PowerShellDataFile $manifest).CmdletsToExport
$missing = $promised | Where-Object { -not $module.ExportedCmdlets.ContainsKey($_) }
if ($missing) { throw "not exported: $missing" }
$null = Get-MxServer
if (-not (Get-Help Start-MxServer).Synopsis) { throw 'no help' }
& (Join-Path $Folder 'module/bin/multiexit') version
exit $LASTEXITCODE
