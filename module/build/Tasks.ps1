# The tasks of build.ps1. Dot-sourced; uses its $Configuration.
$script:Root = Split-Path (Split-Path $PSScriptRoot)
. (Join-Path $PSScriptRoot 'FreshShell.ps1')
. (Join-Path $PSScriptRoot 'TestResults.ps1')

# Runs a script in a fresh `pwsh -NoProfile`: a module's dll cannot be unloaded, so none is ever loaded here.
function Invoke-FreshShell([string] $Script, [string[]] $ScriptArguments = @()) {
    $command, $rest = Get-FreshShell
    & $command @rest -NoProfile -NonInteractive -File $Script @ScriptArguments | Out-Host
    return $LASTEXITCODE
}

function Invoke-Build {
    dotnet build MultiExit.sln -c $Configuration -v quiet -nologo '-clp:NoSummary' | Out-Host
    if ($LASTEXITCODE) { throw 'the build failed' }
    if (Invoke-FreshShell (Join-Path $PSScriptRoot 'ConvertTo-Maml.ps1')) { throw 'the help could not be made' }
}

function Invoke-Test {
    $output = Join-Path $Root 'artifacts/test'
    Remove-Item $output -Recurse -Force -ErrorAction Ignore
    $null = New-Item $output -ItemType Directory
    $results = [TestResults]::new()
    try {
        Invoke-Build
        foreach ($project in Get-ChildItem tests/*/*.Tests.csproj) { Invoke-Xunit $project $output $results }
        Invoke-PesterRun $output $results
        Invoke-Analyzer $output $results
    } catch {
        $results.Fail('build.ps1 test', "$_")
    }

    $results.Notes | Out-Host
    "$($results.Passed) passed, $($results.Failed) failed, $($results.Skipped) skipped" | Out-Host
    return [int]($results.Failed -gt 0)
}

function Invoke-Xunit([IO.FileInfo] $Project, [string] $Output, [TestResults] $Results) {
    $name = $Project.BaseName
    dotnet test $Project.FullName -c $Configuration --no-build -v quiet -nologo --logger "trx;LogFileName=$name.trx" --results-directory $Output | Out-Host
    $exit = $LASTEXITCODE
    $trx = Join-Path $Output "$name.trx"
    if (-not (Test-Path $trx)) {
        $Results.Fail($name, 'it left no results')
        return
    }

    $before = $Results.Failed
    $Results.AddTrx($trx)
    if ($exit -and $Results.Failed -eq $before) { $Results.Fail($name, "dotnet test ended with $exit") }
}

function Invoke-PesterRun([string] $Output, [TestResults] $Results) {
    $module = Find-TestModule Pester '5.5.0'
    if (-not $module) {
        $Results.Skip('Pester', 'the module Pester 5.5 or later is not installed and cannot be had from the gallery')
        return
    }

    $file = Join-Path $Output 'pester.json'
    $null = Invoke-FreshShell (Join-Path $Root 'Pester/Invoke-Tests.ps1') @('-PesterPath', $module, '-ResultPath', $file)
    if (Test-Path $file) { $Results.AddPester($file) } else { $Results.Fail('Pester', 'it left no results') }
}

function Invoke-Analyzer([string] $Output, [TestResults] $Results) {
    $module = Find-TestModule PSScriptAnalyzer '1.22.0'
    if (-not $module) {
        $Results.Skip('PSScriptAnalyzer', 'the module is not installed and cannot be had from the gallery')
        return
    }

    $file = Join-Path $Output 'analyzer.json'
    $null = Invoke-FreshShell (Join-Path $PSScriptRoot 'Invoke-Analyzer.ps1') @('-AnalyzerPath', $module, '-ResultPath', $file)
    if (Test-Path $file) { $Results.AddAnalyzer($file) } else { $Results.Fail('PSScriptAnalyzer', 'it left no results') }
}

# The manifest of an installed module, else of one that the gallery gives us into artifacts/modules; $null when there is none.
function Find-TestModule([string] $Name, [version] $Minimum) {
    $saved = Join-Path $Root 'artifacts/modules'
    $find = {
        Get-Module -ListAvailable -Name $Name, (Join-Path $saved "$Name/*/$Name.psd1") -ErrorAction Ignore |
            Where-Object Version -GE $Minimum | Sort-Object Version -Descending | Select-Object -First 1 -ExpandProperty Path
    }
    $found = & $find
    if ($found -or -not (Get-Command Save-PSResource -ErrorAction Ignore)) { return $found }

    try {
        $null = New-Item $saved -ItemType Directory -Force
        Save-PSResource -Name $Name -Version "[$Minimum,)" -Path $saved -TrustRepository -ErrorAction Stop
    } catch {
        Write-Verbose "gallery: $_"
    }
    return & $find
}

function Invoke-Package {
    Remove-Item module/bin -Recurse -Force -ErrorAction Ignore
    Invoke-Build
    $version = (Import-PowerShellDataFile MultiExit.psd1).ModuleVersion
    $folder = Join-Path $Root "artifacts/MultiExit/$version"
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    $null = New-Item (Join-Path $folder 'module') -ItemType Directory
    Copy-Item MultiExit.psd1, LICENSE, README.md, en-US -Destination $folder -Recurse
    Copy-Item module/bin, module/examples, module/MultiExit.Format.ps1xml, module/multiexit.service -Destination (Join-Path $folder 'module') -Recurse

    if (Invoke-FreshShell (Join-Path $PSScriptRoot 'Test-Package.ps1') @('-Folder', $folder)) { throw 'the package does not import' }
    $zip = Join-Path $Root "artifacts/MultiExit-$version.zip"
    Remove-Item $zip -ErrorAction Ignore
    [IO.Compression.ZipFile]::CreateFromDirectory((Split-Path $folder), $zip, 'Optimal', $true)
    "package: $folder and $zip" | Out-Host
}
