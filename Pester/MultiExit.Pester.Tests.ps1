BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $manifest = Join-Path $root 'module/MultiExit.Pester/MultiExit.Pester.psd1'
    # Pester has told everybody already that `Should` is no approved verb.
    Import-Module $manifest -DisableNameChecking
    $pester = Join-Path (Get-Module Pester).ModuleBase 'Pester.psd1'
    $functions = (Import-PowerShellDataFile $manifest).FunctionsToExport
    $config = Join-Path $TestDrive 'edge.yaml'
    # No target of the tests is on 127.0.0.9, and nothing is ever sent to 192.0.2.0/24.
    Set-Content $config @'
name: edge
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:1080", users: { alice: { password: a1 } } }
  - { name: guests, type: mixed, listen: "127.0.0.1:1081" }
exits:
  - { name: one, type: direct, address: 127.0.0.2 }
  - { name: two, type: direct, address: 127.0.0.3 }
groups:
  - { name: pool, strategy: random, exits: [one, two] }
routes:
  - { ports: [25], exit: block }
  - { users: [alice], exit: two }
  - { networks: [192.0.2.0/25], exit: pool }
  - { domains: [corp.example], exit: two }
default: one
'@
    $server = Start-MxTestServer $config
    $target = Start-HttpTarget
    $reached = "127.0.0.1:$($target.Port)"
    $closed = New-ClosedPort
    $gone = "$($closed.LocalEndPoint)"
}

AfterAll {
    Stop-HttpTarget $target
    $closed.Dispose()
}

Describe 'The module MultiExit.Pester' {
    It 'has a manifest that says all that a gallery shows' {
        $data = Import-PowerShellDataFile $manifest
        $main = Import-PowerShellDataFile (Join-Path $root 'MultiExit.psd1')
        $data.ModuleVersion | Should -Be $main.ModuleVersion
        $data.PowerShellVersion | Should -Be '7.6'
        $data.RequiredModules.ModuleName | Should -Be 'MultiExit', 'Pester'
        $data.RequiredModules[0].GUID | Should -Be $main.GUID
        $data.RequiredModules[1].GUID | Should -Be (Get-Module Pester).Guid
        foreach ($key in 'Tags', 'LicenseUri', 'ProjectUri', 'ReleaseNotes') { $data.PrivateData.PSData[$key] | Should -Not -BeNullOrEmpty -Because $key }
        foreach ($key in 'CmdletsToExport', 'AliasesToExport', 'VariablesToExport') { $data[$key] | Should -HaveCount 0 }
    }

    It 'exports what the manifest says' {
        (Get-Command -Module MultiExit.Pester).Name | Sort-Object | Should -Be ($functions | Sort-Object)
    }

    It 'has help for each function and parameter, and examples that parse' {
        . (Join-Path $PSScriptRoot 'Documents.ps1')
        $common = [Management.Automation.Cmdlet]::CommonParameters
        foreach ($name in $functions) {
            $help = Get-Help $name -Full
            $help.description.Text | Should -Not -BeNullOrEmpty -Because $name
            @($help.examples.example).Count | Should -BeGreaterOrEqual 2 -Because $name
            foreach ($example in $help.examples.example) { Get-CmdletFault $example.code | Should -BeNullOrEmpty }
            $documented = @($help.parameters.parameter | Where-Object { $_.description.Text } | ForEach-Object name)
            (Get-Command $name).Parameters.Keys | Where-Object { $_ -notin $common -and $_ -notin $documented } | Should -BeNullOrEmpty -Because $name
        }
    }
}

Describe 'Should-MxReach' {
    It 'passes through <Way>' -ForEach @(
        @{ Way = 'a server'; Get = { $server } }
        @{ Way = 'an exit'; Get = { Get-MxExit one -Server $server.Name } }
        @{ Way = 'the name of a group'; Get = { 'pool' } }
        @{ Way = 'a URL'; Get = { "http://127.0.0.1:$($server.Listeners[1].EndPoint.Port)" } }
        @{ Way = 'a server of a job'; Get = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($server, 2)) } }
    ) {
        & $Get | Should-MxReach $reached -Inbound ($Way -like '*server*' ? 'guests' : '')
    }

    It 'comes in with a login' {
        $login = [pscredential]::new('alice', (ConvertTo-Secret a1))
        $server | Should-MxReach $reached -Inbound staff -Credential $login
        $server | Should-MxReach $reached -Inbound staff -Not
    }

    It 'reaches a target that says nothing' {
        $silent = New-BusyPort
        try { $server | Should-MxReach "127.0.0.1:$($silent.LocalEndpoint.Port)" -Inbound guests -Timeout 3s } finally { $silent.Stop() }
    }

    It 'fails with the way, the reason and why' {
        $failure = Get-Failure { $server | Should-MxReach $gone -Inbound guests -Because 'it is ours' }
        $failure.FullyQualifiedErrorId | Should -Be 'PesterAssertionFailed'
        $failure.Exception.Message | Should -BeLike "Expected '$gone' to be reached through 'server $($server.Name)', because it is ours, but it was not: *"
        (Get-Failure { 'one' | Should-MxReach $gone }).Exception.Message | Should -BeLike "Expected '$gone' to be reached through 'exit one', but it was not: *refused*"
    }

    It 'fails with -Not when it is reached' {
        (Get-Failure { 'one' | Should-MxReach $reached -Not }).Exception.Message | Should -Be "Expected '$reached' not to be reached through 'exit one', but it was."
        'one' | Should-MxReach $gone -Not
    }

    It 'says what it does not take' {
        (Get-Failure { 7 | Should-MxReach $reached }).Exception.Message | Should -BeLike "Should-MxReach takes a server, an exit,*'7' is none of these"
        (Get-Failure { $server | Should-MxReach $reached -Inbound none }).Exception.Message | Should -BeLike '*has no inbound none that a test can come in by*'
        (Get-Failure { 'nowhere' | Should-MxReach $reached }).FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
    }

    It 'shows no password of a URL' {
        $message = (Get-Failure { "socks5://alice:wonder@127.0.0.1:$($server.Listeners[0].EndPoint.Port)?timeout=5s" | Should-MxReach $reached }).Exception.Message
        $message | Should -Not -Match 'wonder'
    }
}

Describe 'Should-MxRouteTo' {
    It 'passes for <Destination> to <Expected>' -ForEach @(
        @{ Destination = '198.51.100.7:443'; Expected = 'one'; Given = @{ Inbound = 'guests'; Server = 'test*' } }
        @{ Destination = '198.51.100.7:443'; Expected = 'two'; Given = @{ Inbound = 'staff'; User = 'alice' } }
        @{ Destination = '192.0.2.1:443'; Expected = 'pool'; Given = @{ Inbound = 'guests' } }
        @{ Destination = '192.0.2.1:25'; Expected = 'block'; Given = @{ Inbound = 'guests' } }
        @{ Destination = '198.51.100.1:443', '198.51.100.2:443'; Expected = 'one'; Given = @{ Inbound = 'guests' } }
    ) {
        $Destination | Should-MxRouteTo $Expected @Given
        $Destination | Should-MxRouteTo 'nothing' @Given -Not
    }

    It 'reads a file that no server runs' {
        '198.51.100.1:443' | Should-MxRouteTo one -Config $config -Inbound guests
    }

    It 'takes a server as an object' {
        '198.51.100.1:443' | Should-MxRouteTo one -Server $server -Inbound guests
    }

    It 'fails with where it goes, through which inbound and why' {
        $failure = Get-Failure { '198.51.100.1:443' | Should-MxRouteTo two -Inbound guests -Because 'it is for staff' }
        $failure.FullyQualifiedErrorId | Should -Be 'PesterAssertionFailed'
        $failure.Exception.Message | Should -BeLike "Expected '198.51.100.1:443' to be routed to 'two', because it is for staff, but it goes to one (inbound guests, the default: *"
    }

    It 'fails for a member that chance decides about, with and without -Not' {
        (Get-Failure { '192.0.2.1:443' | Should-MxRouteTo one -Inbound guests }).Exception.Message | Should -BeLike '*but it goes to pool*rule 3*'
        (Get-Failure { '192.0.2.1:443' | Should-MxRouteTo one -Inbound guests -Not }).Exception.Message | Should -BeLike "Expected '192.0.2.1:443' not to be routed to 'one', but it goes to pool*"
    }

    It 'fails when the exit is out of use' {
        Disable-MxExit one -Server $server.Name
        try {
            (Get-Failure { '198.51.100.1:443' | Should-MxRouteTo one -Inbound guests }).Exception.Message | Should -BeLike '*but it goes to unavailable*disabled by an operator*'
        } finally {
            Enable-MxExit one -Server $server.Name
        }
    }

    It 'passes errors of the question on' {
        (Get-Failure { 'example.com' | Should-MxRouteTo one }).FullyQualifiedErrorId | Should -BeLike 'InvalidDestination,*'
        (Get-Failure { 'a:1' | Should-MxRouteTo one -Inbound none }).FullyQualifiedErrorId | Should -BeLike 'InboundNotFound,*'
    }
}

Describe 'Should-MxBeRefused' {
    It 'passes for what a rule refuses, and with the reason' {
        '192.0.2.1:25', '198.51.100.1:25' | Should-MxBeRefused -Inbound guests
        '192.0.2.1:25' | Should-MxBeRefused *block* -Config $config -Inbound guests -Network tcp
    }

    It 'passes for a user that the inbound does not have' {
        '198.51.100.1:443' | Should-MxBeRefused -Inbound staff -User mallory
        '198.51.100.1:443' | Should-MxBeRefused -Inbound staff -User alice -Not
    }

    It 'fails with who serves it' {
        (Get-Failure { '198.51.100.1:443' | Should-MxBeRefused -Inbound guests -Because 'it is not ours' }).Exception.Message |
            Should -BeLike "Expected '198.51.100.1:443' to be refused, because it is not ours, but it is served by one (inbound guests, the default: *"
    }

    It 'fails for another reason' {
        (Get-Failure { '192.0.2.1:25' | Should-MxBeRefused *quota* -Inbound guests }).Exception.Message |
            Should -BeLike "Expected '192.0.2.1:25' to be refused with a reason like '*quota*', but it is refused (inbound guests, rule 1: *"
    }

    It 'fails with -Not when it is refused' {
        (Get-Failure { '192.0.2.1:25' | Should-MxBeRefused -Inbound guests -Not }).Exception.Message | Should -BeLike "Expected '192.0.2.1:25' not to be refused, but it is refused (*rule 1*"
    }

    It 'fails for what cannot be told, with and without -Not' {
        foreach ($not in $false, $true) {
            (Get-Failure { '198.51.100.1:443' | Should-MxBeRefused -Inbound staff -Not:$not }).Exception.Message | Should -BeLike '*but it is undecided*'
        }
    }
}

Describe 'Should-MxLeaveFrom' {
    It 'passes through <Way>' -ForEach @(
        @{ Way = 'a server'; Get = { $server }; Expected = '127.0.0.2' }
        @{ Way = 'an exit'; Get = { Get-MxExit two -Server $server.Name }; Expected = '127.0.0.3' }
        @{ Way = 'a group, to one of a network'; Get = { 'pool' }; Expected = '127.0.0.2/31' }
        @{ Way = 'an exit, to one of two'; Get = { 'two' }; Expected = '127.0.0.2', '127.0.0.3' }
        @{ Way = 'a URL'; Get = { "socks5://127.0.0.1:$($server.Listeners[1].EndPoint.Port)" }; Expected = '127.0.0.2' }
    ) {
        & $Get | Should-MxLeaveFrom $Expected -Inbound ($Way -eq 'a server' ? 'guests' : '')
        & $Get | Should-MxLeaveFrom 198.51.100.0/24 -Inbound ($Way -eq 'a server' ? 'guests' : '') -Not
    }

    It 'asks a service' {
        $service = Start-HttpTarget '{"ip":"198.51.100.9"}'
        try {
            'one' | Should-MxLeaveFrom 198.51.100.9 -Service "http://127.0.0.1:$($service.Port)/"
            $server | Should-MxLeaveFrom 198.51.100.9 -Service "http://127.0.0.1:$($service.Port)/" -Inbound guests
        } finally {
            Stop-HttpTarget $service
        }
    }

    It 'fails with the address that is seen' {
        $failure = Get-Failure { 'one' | Should-MxLeaveFrom 127.0.0.3 -Because 'partners know it' }
        $failure.FullyQualifiedErrorId | Should -Be 'PesterAssertionFailed'
        $failure.Exception.Message | Should -Be "Expected 'exit one' to leave from '127.0.0.3', because partners know it, but the target sees 127.0.0.2."
        (Get-Failure { $server | Should-MxLeaveFrom 127.0.0.2 -Inbound guests -Not }).Exception.Message |
            Should -Be "Expected 'server $($server.Name)' not to leave from '127.0.0.2', but the target sees 127.0.0.2."
    }

    It 'fails when the service is not reached, with -Not too' {
        foreach ($not in $false, $true) {
            (Get-Failure { 'one' | Should-MxLeaveFrom 127.0.0.2 -Service "http://$gone/" -Not:$not }).Exception.Message | Should -BeLike '*but the target was not reached: *'
        }
    }

    It 'says what is no address' {
        (Get-Failure { 'one' | Should-MxLeaveFrom nonsense }).Exception.Message | Should -BeLike "'nonsense' is no address*"
    }
}

Describe 'A soft assertion' {
    It 'lets the test go on' {
        $file = Join-Path $TestDrive 'Soft.Tests.ps1'
        Set-Content $file @"
Describe 'soft' {
    It 'has two failures' {
        '192.0.2.1:443' | Should-MxRouteTo x -Config '$config' -Inbound guests -ErrorAction Continue
        '192.0.2.2:443' | Should-MxBeRefused -Config '$config' -Inbound guests -ErrorAction Continue
    }
}
"@
        Invoke-Child @"
            Import-Module '$pester', '$(Join-Path $root 'MultiExit.psd1')', '$manifest' -DisableNameChecking
            `$run = Invoke-Pester -Path '$file' -Output None -PassThru
            "errors: `$(`$run.Tests[0].ErrorRecord.Count)"
"@ | Should -Contain 'errors: 2'
    }
}

Describe 'Start-MxTestServer' {
    BeforeAll {
        $inner = Join-Path $TestDrive 'Inner.Tests.ps1'
        Set-Content $inner @'
BeforeAll { $file = Start-MxTestServer -Name file }
AfterAll { "after all of the file: $((Get-MxServer).Name)" | Add-Content $env:MX_SEEN }
Describe 'outer' {
    BeforeAll { $outer = Start-MxTestServer $env:MX_CONFIG -Name outer }
    AfterAll { "after all of outer: $((Get-MxServer).Name)" | Add-Content $env:MX_SEEN }
    It 'fails' {
        $null = Start-MxTestServer -Text 'inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:1" }]' -Name test
        "in the test: $((Get-MxServer).Name)" | Add-Content $env:MX_SEEN
        throw 'it fails'
    }
    It 'comes after it' { "in the next test: $((Get-MxServer).Name)" | Add-Content $env:MX_SEEN }
    Context 'inner' {
        BeforeEach { $each = Start-MxTestServer -Name "each-$([guid]::NewGuid().ToString('n').Substring(0, 6))" }
        It 'a' { "a: $(@(Get-MxServer).Count)" | Add-Content $env:MX_SEEN }
        It 'b' { "b: $(@(Get-MxServer).Count)" | Add-Content $env:MX_SEEN; Stop-MxServer $each.Name }
    }
    Context 'broken' {
        BeforeAll { $null = Start-MxTestServer -Name broken; throw 'the set-up fails' }
        It 'never runs' { }
    }
}
Describe 'next' { It 'is alone with the server of the file' { "next: $((Get-MxServer).Name)" | Add-Content $env:MX_SEEN } }
'@
        $seen = Join-Path $TestDrive 'seen.txt'
        $said = Invoke-Child @"
            `$env:MX_SEEN = '$seen'; `$env:MX_CONFIG = '$config'
            Import-Module '$pester', '$(Join-Path $root 'MultiExit.psd1')', '$manifest' -DisableNameChecking
            `$run = Invoke-Pester -Path '$inner' -Output None -PassThru
            "passed `$(`$run.PassedCount), failed `$(`$run.FailedCount), left: `$(@(Get-MxServer).Count)"
            `$run = Invoke-Pester -Path '$inner' -Output None -PassThru
            "again: passed `$(`$run.PassedCount), failed `$(`$run.FailedCount), left: `$(@(Get-MxServer).Count)"
"@
        $lines = Get-Content $seen
    }

    It 'ends its server with the test, block or file in which it was started, whether that fails or not' {
        $said | Should -Contain 'passed 4, failed 2, left: 0'
        $lines[0..5] | Should -Be 'in the test: file outer test', 'in the next test: file outer', 'a: 3', 'b: 3', 'after all of outer: file outer', 'next: file'
        $lines[6] | Should -Be 'after all of the file: file'
    }

    It 'does so in a second run of the session' {
        $said | Should -Contain 'again: passed 4, failed 2, left: 0'
    }

    It 'listens on free ports, on the addresses of the file, and leaves nothing beside it' {
        foreach ($listener in $server.Listeners) {
            $listener.EndPoint.Address | Should -Be '127.0.0.1'
            $listener.EndPoint.Port | Should -Not -BeIn 0, 1080, 1081
        }
        Get-ChildItem $TestDrive -Force -Filter '.test-*' | Should -BeNullOrEmpty
    }

    It 'makes ports free in <Text>' -ForEach @(
        @{ Text = 'listen: ":1080"'; Free = 'listen: ":0"' }
        @{ Text = "{ listen: '[::1]:1080', a: 1 }"; Free = "{ listen: '[::1]:0', a: 1 }" }
        @{ Text = '{"listen":"0.0.0.0:443"}'; Free = '{"listen":"0.0.0.0:0"}' }
        @{ Text = 'listen: localhost:80}'; Free = 'listen: localhost:0}' }
        @{ Text = 'server: "a.example:1080"'; Free = 'server: "a.example:1080"' }
    ) {
        & (Get-Module MultiExit.Pester) { param($text) Get-FreePortText $text } $Text | Should -Be $Free
    }

    It 'lets nobody else read the copy of a configuration' -Skip:$IsWindows {
        $file = Join-Path $TestDrive 'private.yaml'
        & (Get-Module MultiExit.Pester) { param($path) Write-PrivateFile $path 'secret: 1' } $file
        (Get-Item $file).UnixMode | Should -Be '-rw-------'
        Get-Content $file -Raw | Should -Be 'secret: 1'
    }

    It 'says what is wrong with a configuration, and leaves nothing' {
        $failure = Get-Failure { Start-MxTestServer -Text 'inbounds: []' }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
    }

    It 'is refused outside of a test' {
        Invoke-Child "Import-Module '$pester', '$(Join-Path $root 'MultiExit.psd1')', '$manifest' -DisableNameChecking; try { Start-MxTestServer } catch { `"`$_`" }" |
            Should -BeLike 'Start-MxTestServer is for tests*'
    }
}
