# Another PowerShell like this one, in a process of its own, in whatever way this one was installed.

# The program and the arguments that come before the shell's own. The process is pwsh itself where PowerShell came as a package or an
# archive. Behind a dotnet tool (local, global or with --tool-path) stands a shim that starts 'dotnet pwsh.dll', so the process is dotnet.
function Get-FreshShell {
    $process = [Environment]::ProcessPath
    $leading = @()
    if ([IO.Path]::GetFileNameWithoutExtension($process) -ne 'pwsh') {
        if ([IO.Path]::GetFileNameWithoutExtension($process) -ne 'dotnet') { $process = 'dotnet' }
        $leading = @(Join-Path $PSHOME 'pwsh.dll')
    }
    return [pscustomobject]@{ FilePath = $process; Leading = [string[]]$leading }
}

# Runs a fresh shell without a profile; its output is the function's, its exit code is in $LASTEXITCODE.
function Invoke-FreshShell([string[]] $Arguments) {
    $shell = Get-FreshShell
    $all = $shell.Leading + '-NoProfile' + '-NonInteractive' + $Arguments
    & $shell.FilePath @all
}
