BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'edge.yaml'
    Set-Content $config @'
inbounds: [{ name: hub, type: tunnel, listen: ":443", tls: { self_signed: true }, key: { credential: hub.key } }]
exits: [{ name: a, type: direct, mark: 7 }]
'@
}

Describe 'Services of systemd' -Skip:(-not $IsLinux) {
    It 'Install-MxService -WhatIf shows the units and the commands' {
        $record = Join-Path $TestDrive 'record.txt'
        Start-Transcript $record -UseMinimalHeader | Out-Null
        Install-MxService $config -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        Stop-Transcript | Out-Null
        # The folder of the test is one that services do not see.
        "$warnings" | Should -BeLike 'The service will not read its configuration: /*'
        $text = Get-Content $record -Raw
        $text | Should -BeLike '*ExecStart=/usr/bin/env dotnet "*MultiExit.Host.dll" run --config /etc/multiexit/%i.yaml*'
        $text | Should -BeLike '*AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN*'
        $text | Should -BeLike '*LoadCredential=hub.key:/etc/multiexit/credentials/hub.key*'
        $text | Should -BeLike '*systemctl enable multiexit@edge.service*systemctl start multiexit@edge.service*'
    }

    It 'With -SocketUnit systemd opens the ports, and the service may not bind low ones' {
        $record = Join-Path $TestDrive 'sockets.txt'
        Start-Transcript $record -UseMinimalHeader | Out-Null
        Install-MxService $config -SocketUnit -WhatIf
        Stop-Transcript | Out-Null
        $text = Get-Content $record -Raw
        $text | Should -BeLike '*ListenStream=`[::`]:443*'
        $text | Should -BeLike '*AmbientCapabilities=CAP_NET_ADMIN*'
        $text | Should -BeLike '*systemctl enable multiexit@edge.socket multiexit@edge.service*systemctl start multiexit@edge.socket*'
        $text | Should -Not -BeLike '*CAP_NET_BIND_SERVICE*'
    }

    It 'A configuration that is not there, or not valid, is no service' {
        { Install-MxService (Join-Path $TestDrive 'none.yaml') -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound*'
        Set-Content (Join-Path $TestDrive 'bad.yaml') 'inbounds: [{ name: a, type: mixd }]'
        { Install-MxService (Join-Path $TestDrive 'bad.yaml') -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
        { Install-MxService $config 'a/b' -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
    }
}

# A systemctl that knows one unit stands first in the PATH.
Describe 'Services that systemd knows' -Skip:(-not $IsLinux) {
    BeforeAll {
        $bin = (New-Item (Join-Path $TestDrive 'bin') -ItemType Directory).FullName
        Set-Content (Join-Path $bin 'systemctl') @"
#!/bin/sh
echo "`$1" >> '$bin/calls'
case `$1 in
  list-units) echo 'multiexit@sample.service loaded failed failed MultiExit sample' ;;
  show) printf 'Id=multiexit@sample.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\nMainPID=0\nNRestarts=3\nResult=exit-code\n' ;;
  *) exit 1 ;;
esac
"@
        chmod +x (Join-Path $bin 'systemctl')
        $path, $env:PATH = $env:PATH, "${bin}:$env:PATH"
        $rendering = $PSStyle.OutputRendering
    }

    AfterAll {
        $env:PATH = $path
        $PSStyle.OutputRendering = $rendering
    }

    It 'Get-MxService finds them by name and by pattern, and what is piped stands for itself' {
        $service = Get-MxService sample
        $service.Unit, $service.State, $service.Enabled, $service.Restarts, $service.Result | Should -Be 'multiexit@sample.service', 'failed', $true, 3, 'exit-code'
        $service.ProcessId, $service.Since, $service.Status | Should -Be $null, $null, $null
        (Get-MxService s*).Name | Should -Be 'sample'
        ($service | Get-MxService).Name | Should -Be 'sample'
        Get-MxService z* | Should -BeNullOrEmpty
        foreach ($script in { Get-MxService none -ErrorAction Stop }, { '*' | Get-MxService -ErrorAction Stop }, { [pscustomobject]@{ Name = '*' } | Uninstall-MxService -ErrorAction Stop }) {
            (Get-Failure $script).FullyQualifiedErrorId | Should -BeLike 'ServiceNotFound,*'
        }
    }

    It 'The table has the state in colour, in the session and of a job' {
        $job = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-MxService sample), 1))
        $PSStyle.OutputRendering = 'Ansi'
        foreach ($service in (Get-MxService sample), $job) {
            $service | Out-String -Width 80 | Should -Match "sample\s+$([regex]::Escape("$($PSStyle.Formatting.Error)failed"))"
        }
    }

    It 'Uninstall-MxService leaves alone what Install-MxService has not made' {
        (Get-Failure { Uninstall-MxService sample -Confirm:$false -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
        Get-Content (Join-Path $bin 'calls') | Sort-Object -Unique | Should -Be 'list-units', 'show'
    }
}
