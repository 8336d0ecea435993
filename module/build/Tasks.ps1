# The tasks of build.ps1. Dot-sourced; uses its $Configuration.
$script:Root = Split-Path (Split-Path $PSScriptRoot)
. (Join-Path $PSScriptRoot 'FreshShell.ps1')
. (Join-Path $PSScriptRoot 'TestResults.ps1')
. (Join-Path $PSScriptRoot 'Package.ps1')

# Runs a script in a fresh shell, since a module's dll cannot be unloaded: none is ever loaded in this process.
function Invoke-Script([string] $Script, [string[]] $ScriptArguments = @()) {
    Invoke-FreshShell (@('-File', $Script) + $ScriptArguments) | Out-Host
    return $LASTEXITCODE
}

function Invoke-Build {
    dotnet build MultiExit.sln -c $Configuration -v quiet -nologo '-clp:NoSummary' | Out-Host
    if ($LASTEXITCODE) { throw 'the build failed' }
    if (Invoke-Script (Join-Path $PSScriptRoot 'ConvertTo-Maml.ps1')) { throw 'the help could not be made' }
}

function Invoke-Soak([string[]] $SoakArguments) {
    Invoke-Build
    dotnet run --project tests/MultiExit.Soak -c $Configuration --no-build -- @SoakArguments | Out-Host
    return $LASTEXITCODE
}

function Invoke-Bench([string[]] $BenchArguments) {
    Invoke-Build
    return Invoke-Script (Join-Path $Root 'tests/bench/Invoke-Bench.ps1') $BenchArguments
}

function Invoke-Test {
    $output = Join-Path $Root 'artifacts/test'
    Remove-Item $output -Recurse -Force -ErrorAction Ignore
    $null = New-Item $output -ItemType Directory
    $results = [TestResults]::new()
    $environment = $env:DOTNET_EnableWriteXorExecute, $env:DOTNET_TieredPGO
    try {
        Invoke-Build
        # Most processes of tests live for a second or two, and compile: neither pages that are mapped twice nor profiles pay in that time.
        $env:DOTNET_EnableWriteXorExecute = '0'
        foreach ($project in Get-ChildItem tests/*/*.Tests.csproj) {
            # What is allocated depends on profiles, and is measured as users have it.
            $env:DOTNET_TieredPGO = $project.BaseName -eq 'MultiExit.Benchmarks.Tests' ? $null : '0'
            Invoke-Xunit $project $output $results
        }
        Invoke-PesterRun $output $results
        Invoke-Analyzer $output $results
    } catch {
        $results.Fail('build.ps1 test', "$_")
    } finally {
        # The shell may be somebody's who goes on to work in it.
        $env:DOTNET_EnableWriteXorExecute, $env:DOTNET_TieredPGO = $environment
    }

    $results.Notes | Out-Host
    "$($results.Passed) passed, $($results.Failed) failed, $($results.Skipped) skipped" | Out-Host
    return [int]($results.Failed -gt 0)
}

function Invoke-Xunit([IO.FileInfo] $Project, [string] $Output, [TestResults] $Results) {
    $name = $Project.BaseName
    dotnet test --project $Project.FullName -c $Configuration --no-build --no-progress --no-ansi --results-directory $Output `
        --report-xunit-trx --report-xunit-trx-filename "$name.trx" | Out-Host
    $exit = $LASTEXITCODE
    $trx = Join-Path $Output "$name.trx"
    if (-not (Test-Path $trx)) {
        $Results.Fail($name, "it left no results and ended with $exit")
        return
    }

    $before = $Results.Failed
    $Results.AddTrx($trx)
    if ($exit -and $Results.Failed -eq $before) { $Results.Fail($name, "dotnet test ended with $exit") }
}

function Invoke-PesterRun([string] $Output, [TestResults] $Results) {
    $file = Join-Path $Output 'pester.json'
    $null = Invoke-Script (Join-Path $Root 'Pester/Invoke-Tests.ps1') @('-ResultPath', $file)
    if (Test-Path $file) { $Results.AddPester($file) } else { $Results.Fail('Pester', 'it left no results') }
}

# Only where the module is installed: no feed of packages has it.
function Invoke-Analyzer([string] $Output, [TestResults] $Results) {
    $module = Get-Module -ListAvailable -Name PSScriptAnalyzer | Where-Object Version -GE '1.22.0' |
        Sort-Object Version -Descending | Select-Object -First 1 -ExpandProperty Path
    if (-not $module) {
        $Results.Notes.Add('not run: PSScriptAnalyzer: the module is not installed (not counted)')
        return
    }

    $file = Join-Path $Output 'analyzer.json'
    $null = Invoke-Script (Join-Path $PSScriptRoot 'Invoke-Analyzer.ps1') @('-AnalyzerPath', $module, '-ResultPath', $file)
    if (Test-Path $file) { $Results.AddAnalyzer($file) } else { $Results.Fail('PSScriptAnalyzer', 'it left no results') }
}
