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
        Install-MxService $config -WhatIf
        Stop-Transcript | Out-Null
        $text = Get-Content $record -Raw
        $text | Should -BeLike '*ExecStart=/usr/bin/env dotnet "*MultiExit.Host.dll" run --config /etc/multiexit/%i.yaml*'
        $text | Should -BeLike '*AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN*'
        $text | Should -BeLike '*LoadCredential=hub.key:/etc/multiexit/credentials/hub.key*'
        $text | Should -BeLike '*systemctl enable multiexit@edge.service*systemctl start multiexit@edge.service*'
    }

    It 'A configuration that is not there, or not valid, is no service' {
        { Install-MxService (Join-Path $TestDrive 'none.yaml') -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound*'
        Set-Content (Join-Path $TestDrive 'bad.yaml') 'inbounds: [{ name: a, type: mixd }]'
        { Install-MxService (Join-Path $TestDrive 'bad.yaml') -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
        { Install-MxService $config 'a/b' -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
    }
}
