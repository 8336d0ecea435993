# The command that starts another PowerShell like this one: pwsh itself, or dotnet for the dotnet tool.
function Get-FreshShell {
    $process = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($process) -eq 'dotnet') { return @('dotnet', 'tool', 'run', 'pwsh', '--') }
    return @($process)
}
