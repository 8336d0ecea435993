BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'styled.yaml'
    Set-Content $config @'
name: styled
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: one, type: direct }, { name: two, type: direct }]
groups: [{ name: pool, strategy: failover, exits: [one, two] }]
sets: { sites: { file: sites.txt } }
routes: [{ sets: [sites], exit: two }]
default: pool
'@
    Set-Content (Join-Path $TestDrive 'sites.txt') 'example.com'
    $null = Start-MxServer $config
    Disable-MxExit two
    $rendering = $PSStyle.OutputRendering
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Stop-MxServer *
}

Describe 'A state in a table' {
    It '<State> is shown as <Kind>' -ForEach @(
        @{ State = 'Running'; Kind = 'good' }
        @{ State = 'Up'; Kind = 'good' }
        @{ State = $true; Kind = 'good' }
        @{ State = 'Draining'; Kind = 'waiting' }
        @{ State = 'Disabled'; Kind = 'waiting' }
        @{ State = 'Unconfirmed'; Kind = 'waiting' }
        @{ State = 'Down'; Kind = 'bad' }
        @{ State = 'Refused'; Kind = 'bad' }
        @{ State = $false; Kind = 'bad' }
        @{ State = 'client-reset'; Kind = 'bad' }
        @{ State = 'Stopped'; Kind = 'plain' }
        @{ State = 'Alive'; Kind = 'good' }
        @{ State = 'Silent'; Kind = 'bad' }
        @{ State = 'Left'; Kind = 'plain' }
        @{ State = 'active'; Kind = 'good' }
        @{ State = 'activating'; Kind = 'waiting' }
        @{ State = 'failed'; Kind = 'bad' }
        @{ State = 'inactive'; Kind = 'plain' }
        @{ State = 'Passed'; Kind = 'plain' }
        @{ State = $null; Kind = 'plain' }
    ) {
        $colours = @{ good = $PSStyle.Foreground.Green; waiting = $PSStyle.Formatting.Warning; bad = $PSStyle.Formatting.Error }
        $shown = [MultiExit.TableText]::State($State, $PSStyle)
        $shown | Should -BeExactly ($Kind -eq 'plain' ? "$State" : "$($colours[$Kind])$State$($PSStyle.Reset)")
        [MultiExit.TableText]::State($State, $null) | Should -BeExactly "$State"
    }

    It 'has its colour on a console that takes colours, and fits into 80 columns' {
        $PSStyle.OutputRendering = 'Ansi'
        $shown = Get-MxServer | Out-String -Width 80
        $shown | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Green)Running"))
        (Get-MxExit two | Out-String -Width 80) | Should -Match ([regex]::Escape("$($PSStyle.Formatting.Warning)Disabled"))
        foreach ($line in $shown -split '\r?\n') { ($line -replace '\e\[[\d;]*m').Length | Should -BeLessOrEqual 80 }
    }

    It 'is plain where colours are off' {
        foreach ($mode in 'PlainText', 'Host') {
            $PSStyle.OutputRendering = $mode
            Get-MxServer | Out-String -Width 80 | Should -Not -Match '\e'
            Get-MxServer | Out-String -Width 80 | Should -Match 'styled\s+Running\s+0'
        }
    }

    It 'is plain in a file' {
        $file = Join-Path $TestDrive 'servers.txt'
        Invoke-Child "Import-Module '$root/MultiExit.psd1'; Start-MxServer -Listen mixed://127.0.0.1:0 -Name filed; Get-MxServer > '$file'; Stop-MxServer *" | Should -BeNullOrEmpty
        Get-Content $file -Raw | Should -Match 'filed\s+Running'
        Get-Content $file -Raw | Should -Not -Match '\e'
    }
}

Describe 'A table' {
    It 'of <Cmdlet> is grouped by server' -ForEach @(
        @{ Cmdlet = 'Get-MxRuleSet'; Text = 'Server: styled\s+Name\s+State\s+Domains\s+Networks[\s\S]+sites\s+Current\s+1\s+0' }
        @{ Cmdlet = 'Get-MxExit'; Text = 'Server: styled\s+Name\s+Type\s+State' }
        @{ Cmdlet = 'Get-MxGroup'; Text = 'Server: styled\s+Name\s+Strategy' }
        @{ Cmdlet = 'Test-MxRoute example.com:443'; Text = 'Server: styled\s+Inbound\s+Destination\s+Outcome[\s\S]+proxy\s+example\.com:443' }
        @{ Cmdlet = "Test-MxRoute example.com:443 -Config '{0}'"; Text = 'Server: .*styled\.yaml\s+Inbound' }
    ) {
        $PSStyle.OutputRendering = 'PlainText'
        $shown = & ([scriptblock]::Create($Cmdlet -f $config)) | Out-String -Width 80
        $shown | Should -Match $Text
    }
}
