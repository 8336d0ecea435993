BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    'edge-1', 'edge-2', 'lab' | ForEach-Object { Start-MxServer -Listen mixed://127.0.0.1:0 -Name $_ }
}

AfterAll { Stop-MxServer * }

Describe 'Get-MxServer' {
    It 'gets all, ordered by name' {
        (Get-MxServer).Name | Should -Be 'edge-1', 'edge-2', 'lab'
        Get-MxServer | Should -BeOfType MultiExit.MxServer
    }

    It 'filters by names with wildcards, in any case' {
        (Get-MxServer EDGE-*).Name | Should -Be 'edge-1', 'edge-2'
        ('lab', 'edge-1' | Get-MxServer).Name | Should -Be 'lab', 'edge-1'
    }

    It 'is silent for a wildcard without a match' {
        Get-MxServer none* | Should -BeNullOrEmpty
    }

    It 'reports a name without a match' {
        $failure = Get-Failure { Get-MxServer none -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'completes names' {
        (TabExpansion2 'Get-MxServer e').CompletionMatches.CompletionText | Should -Be 'edge-1', 'edge-2'
        (TabExpansion2 'Stop-MxServer -Name la').CompletionMatches.CompletionText | Should -Be 'lab'
        (TabExpansion2 'Get-MxSession -Server edge-2').CompletionMatches.CompletionText | Should -Be 'edge-2'
    }

    It 'counts sessions and bytes' {
        $target = Start-HttpTarget
        try {
            $before = Get-MxServer lab
            Invoke-Curl -x "socks5h://$($before.Listeners[0].EndPoint)" "http://127.0.0.1:$($target.Port)/" | Should -Be 'hello from the target'
            # Stopped, so that all is counted.
            $after = Stop-MxServer lab -Deadline 10s -PassThru
            $after.TotalSessions | Should -Be 1
            $after.BytesUp | Should -BeGreaterThan 20
            $after.BytesDown | Should -BeGreaterThan 21
        } finally {
            Stop-HttpTarget $target
        }
    }

    It 'shows a table' {
        Get-MxServer edge-1 | Out-String | Should -Match 'edge-1\s+Running\s+0\s+0.*mixed 127\.0\.0\.1:\d+'
    }
}
