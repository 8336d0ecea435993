# What all the test runs came to, and the lines that name each failure and each thing not run.
class TestResults {
    [int] $Passed
    [int] $Failed
    [int] $Skipped
    [Collections.Generic.List[string]] $Notes = @()

    [void] Fail([string] $Name, [string] $Reason) {
        $this.Failed++
        $this.Notes.Add("failed: ${Name}: $(@($Reason.Trim() -split '\r?\n' | Select-Object -First 25) -join "`n    ")")
    }

    [void] Skip([string] $Name, [string] $Reason) {
        $this.Skipped++
        $this.Notes.Add("not run: ${Name}: $([TestResults]::FirstLine($Reason))")
    }

    [void] AddTrx([string] $Path) {
        $document = [xml]::new()
        $document.Load($Path)
        foreach ($result in $document.TestRun.Results.ChildNodes) {
            $message = "$($result.Output.ErrorInfo.Message)$($result.Output.StdOut)"
            switch ($result.outcome) {
                'Passed' { $this.Passed++; $this.AddMetrics("$($result.Output.StdOut)") }
                'NotExecuted' { $this.Skip($result.testName, $message) }
                default { $this.Fail($result.testName, "$message`n$($result.Output.ErrorInfo.StackTrace)") }
            }
        }
    }

    [void] AddPester([string] $Path) {
        $pester = Get-Content $Path -Raw | ConvertFrom-Json
        $this.Passed += $pester.Passed
        foreach ($test in $pester.Failed) { $this.Fail($test.Name, $test.Reason) }
        foreach ($test in $pester.Skipped) { $this.Skip($test.Name, $test.Reason) }
    }

    [void] AddAnalyzer([string] $Path) {
        foreach ($script in Get-Content $Path -Raw | ConvertFrom-Json) {
            if (-not $script.Findings) { $this.Passed++ }
            foreach ($finding in $script.Findings) { $this.Fail("PSScriptAnalyzer $($script.Name)", $finding) }
        }
    }

    hidden [void] AddMetrics([string] $Output) {
        foreach ($line in $Output -split '\r?\n' -match '^metric: ') { $this.Notes.Add($line) }
    }

    hidden static [string] FirstLine([string] $Text) {
        return @($Text.Trim() -split '\r?\n')[0]
    }
}
