BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $program = Join-Path $root 'module/bin/multiexit'

    # `multiexit run` in a process of its own, as on another host; listening when it returns.
    function Start-Far([string] $Name) {
        Set-Content (Join-Path $TestDrive "$Name.yaml") @"
name: $Name
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: wan1, type: direct }, { name: wan2, type: direct }]
groups: [{ name: pool, strategy: failover, exits: [wan1, wan2] }]
default: pool
control: { socket: s/$Name.sock }
history: { directory: history-$Name }
"@
        $start = [Diagnostics.ProcessStartInfo]::new($program, [string[]]('run', '--config', (Join-Path $TestDrive "$Name.yaml")))
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.BeginErrorReadLine()
        if (-not $process.StandardOutput.ReadLineAsync().Wait(30000)) { throw 'the server does not start' }
        return $process
    }

    # An ssh that is a script: what it does depends on the host, which stands behind --. Its process ids are in the file 'pids'.
    $fake = Join-Path $TestDrive 'bin'
    $null = New-Item -ItemType Directory $fake
    Set-Content (Join-Path $fake 'ssh') @"
#!/bin/sh
echo `$`$ >>"$TestDrive/pids"
for argument; do
  [ "`$seen" = -- ] && { host=`$argument; break; }
  seen=`$argument
done
eval command=\`${`$#}
echo "`$@" >>"$TestDrive/arguments"
case `$host in
  edge-* | many) [ ! -e "$TestDrive/down-`$host" ] || { echo "ssh: connect to host `$host port 22: No route to host" >&2; exit 255; }
    echo 'Welcome to this host.'; eval exec $program `"`${command#multiexit }`" ;;
  silent) exec sleep 1000 ;;
  chatty) yes 'no' ;;
  stranger) head -c 20 >/dev/null; printf 'MULTIEXIT-CONTROL/1\n\377\377\377\377\377\377\377\377\377\377\377'; exec sleep 1000 ;;
  missing) echo 'sh: 1: multiexit: not found' >&2; exit 127 ;;
  *) i=0; while [ `$i -lt 500 ]; do echo "line `$i of a long complaint"; i=`$((i + 1)); done >&2
    printf '\033]0;title\007Host key verification failed.\n' >&2; exit 255 ;;
esac
"@
    chmod +x (Join-Path $fake 'ssh')
    $path = $env:PATH
    $env:PATH = "${fake}:$path"

    # The processes of the scripts that are still there.
    function Get-Ssh {
        if (-not (Test-Path "$TestDrive/pids")) { return }
        Get-Content "$TestDrive/pids" | Where-Object { Test-Path "/proc/$_" }
    }

    function Wait-Until([scriptblock] $Condition) {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($clock.Elapsed.TotalSeconds -gt 60) { throw "not within 60 s: $Condition" }
            $null = [Threading.Thread]::Yield()
        }
    }

    $fra, $lon = 'fra', 'lon' | ForEach-Object { Start-Far $_ }
    $sockets = @{ fra = "$TestDrive/s/fra.sock"; lon = "$TestDrive/s/lon.sock" }
}

AfterAll {
    Disconnect-MxServer *
    $env:PATH = $path
    foreach ($far in $fra, $lon) {
        $far.Kill()
        $null = $far.WaitForExit(30000)
        $far.Dispose()
    }
}

Describe 'Connect-MxServer' {
    AfterEach { Disconnect-MxServer * }

    It 'reaches the servers of several hosts by name, and says which one an object is of' {
        $connected = Connect-MxServer edge-1, edge-2 -Socket $sockets.fra
        $connected | Should -BeOfType MultiExit.MxServer
        $connected.Name | Should -Be 'edge-1', 'edge-2'
        $connected.HostName | Should -Be 'edge-1', 'edge-2'
        $connected.Socket | ForEach-Object { $_ | Should -BeNullOrEmpty }
        (Get-MxServer edge-*).Name | Should -Be 'edge-1', 'edge-2'
        (Get-MxExit wan1 -Server edge-*).Server | Should -Be 'edge-1', 'edge-2'
        (Get-MxExit wan* -Server edge-2).Name | Should -Be 'wan1', 'wan2'
        (Test-MxRoute 192.0.2.1:443 -Server edge-2).Exit | Should -Be 'wan1'
        (Get-MxConfig edge-1).Settings | Should -Contain 'name: fra'
        Get-MxLog edge-1 -Id MX1001 | Should -Not -BeNullOrEmpty
    }

    It 'calls the servers of a host that has several by HOST/SERVER' {
        (Connect-MxServer many -Socket $sockets.fra, $sockets.lon).Name | Should -Be 'many/fra', 'many/lon'
        (Get-MxServer many/lon).Listeners[0].Inbound | Should -Be 'in'
        (Get-MxExit wan1 -Server many*).Server | Should -Be 'many/fra', 'many/lon'
        (TabExpansion2 'Get-MxServer many' -cursorColumn 17).CompletionMatches.CompletionText | Should -Be 'many/fra', 'many/lon'
        (TabExpansion2 'Disconnect-MxServer m' -cursorColumn 21).CompletionMatches.CompletionText | Should -Be 'many'
        (TabExpansion2 'Get-MxExit -Server many/lon ' -cursorColumn 28).CompletionMatches.CompletionText | Should -Contain 'wan2'
    }

    It 'changes what a piped object stands for, on its host alone' {
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        $null = Connect-MxServer edge-2 -Socket $sockets.lon
        try {
            Get-MxExit wan1 -Server edge-1 | Disable-MxExit -Confirm:$false
            (Get-MxExit wan1 -Server edge-*).State | Should -Be 'Disabled', 'Enabled'
        } finally {
            Get-MxExit wan1 -Server edge-1 | Enable-MxExit
        }
        Set-MxConfig edge-2 -Set @{ 'exits[wan2].weight' = 7 } -Message 'over ssh'
        (Get-MxExit wan2 -Server edge-2).Weight | Should -Be 7
        (Get-MxConfigVersion edge-2)[-1].Message | Should -Be 'over ssh'
    }

    It 'runs the program that is asked for, as the user and at the port that are asked for, and nothing that could be taken for an option' {
        $null = Connect-MxServer ops@edge-1 -Port 2222 -Socket $sockets.fra -Program multiexit
        $line = (Get-Content "$TestDrive/arguments")[-1]
        $line | Should -BeLike "*-o BatchMode=yes -o ConnectTimeout=15 *-o ForwardAgent=no*-l ops -p 2222 -- edge-1 multiexit control --socket '$($sockets.fra)'"
        $before = @(Get-Content "$TestDrive/pids").Count
        foreach ($name in '-oProxyCommand=touch x', '-F/etc/passwd', 'a b', 'a;b', '$(id)', 'ops@-v', '-l@edge-1', '.hidden') {
            $failure = Get-Failure { Connect-MxServer $name -ErrorAction Stop }
            $failure.FullyQualifiedErrorId | Should -BeLike 'HostNotValid,*'
        }
        (Get-Failure { Connect-MxServer edge-1 -Program 'multiexit;id' -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'HostNotValid,*'
        @(Get-Content "$TestDrive/pids").Count | Should -Be $before
    }

    It 'is one error with the host as target where a host cannot be reached, and the others answer' {
        $connected = Connect-MxServer edge-1, nowhere, missing, edge-2 -Socket $sockets.fra -ErrorVariable errors -ErrorAction SilentlyContinue
        $connected.Name | Should -Be 'edge-1', 'edge-2'
        $errors.Count | Should -Be 2
        $errors[0].TargetObject | Should -Be 'nowhere'
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'HostNotConnected,*'
        $errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*ssh HOST*'
        "$($errors[0])" | Should -Be 'nowhere: ssh ended with 255: line 496 of a long complaint; line 497 of a long complaint; line 498 of a long complaint; line 499 of a long complaint; ?]0;title?Host key verification failed.'
        "$($errors[1])" | Should -BeLike 'missing: the program is not found there; install MultiExit, or name its path: sh: 1: multiexit: not found'
        Wait-Until { @(Get-Ssh).Count -eq 2 }
    }

    It 'is an error within the time-out where a host says nothing, too much, or what is no link; no ssh stays' {
        $null = Connect-MxServer silent -Timeout 2s -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.TargetObject | Should -Be 'silent'
        "$errors" | Should -Be 'silent: no answer within 2 s'
        # They are found out as soon as they have said it, which takes a busy machine a while.
        $null = Connect-MxServer chatty, stranger -Timeout 30s -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.TargetObject | Should -Be 'chatty', 'stranger'
        "$($errors[0])" | Should -BeLike 'chatty: what answers is no MultiExit*'
        "$($errors[1])" | Should -BeLike 'stranger: the connection was lost: a frame of the control link has 4294967295 octets'
        Wait-Until { -not (Get-Ssh) }
    }

    It 'says which control sockets do not answer where no server does' {
        $failure = Get-Failure { Connect-MxServer edge-1 -Socket "$TestDrive/s/none.sock" -ErrorAction Stop }
        "$failure" | Should -BeLike "edge-1: no server answers there ($TestDrive/s/none.sock: there is no such socket*"
        Wait-Until { -not (Get-Ssh) }
    }

    It 'does not take the name of a server of this session, nor lets one be started under its own' {
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        (Get-Failure { Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge-1 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerExists,*'
        Disconnect-MxServer edge-1
        try {
            Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge-1
            (Get-Failure { Connect-MxServer edge-1 -Socket $sockets.fra -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerExists,*'
        } finally {
            Stop-MxServer edge-1
        }
        Wait-Until { -not (Get-Ssh) }
    }

    It 'refuses what needs files of the other host' {
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        (Get-Failure { Save-MxConfig edge-1 "$TestDrive/x.yaml" -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerElsewhere,*'
        (Get-Failure { Export-MxDiagnostic edge-1 $TestDrive -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerElsewhere,*'
    }
}

Describe 'A connection that is lost' {
    AfterEach {
        Remove-Item "$TestDrive/down-*" -ErrorAction Ignore
        Disconnect-MxServer *
    }

    It 'is made again by the next call, which says so' {
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        Get-Ssh | ForEach-Object { Stop-Process -Id $_ -Force }
        Wait-Until { -not (Get-Ssh) }
        (Get-MxServer edge-1 -WarningVariable warnings -WarningAction SilentlyContinue).Name | Should -Be 'edge-1'
        "$warnings" | Should -BeLike 'edge-1: the connection was lost: *; connecting again.'
        (Get-MxServer edge-1 -WarningVariable warnings).Name | Should -Be 'edge-1'
        $warnings | Should -BeNullOrEmpty
    }

    It 'is one error about the host, for all of its servers, while it cannot be made; the others answer' {
        $null = Connect-MxServer many -Socket $sockets.fra, $sockets.lon
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        $null = New-Item "$TestDrive/down-many"
        Stop-Process -Id @(Get-Ssh)[0] -Force
        Wait-Until { @(Get-Ssh).Count -eq 1 }
        $found = Get-MxExit wan1 -Server * -ErrorVariable errors -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        $found.Server | Should -Be 'edge-1'
        $errors.Count | Should -Be 1
        $errors[0].TargetObject | Should -Be 'many'
        "$($errors[0])" | Should -BeLike 'many: ssh ended with 255: ssh: connect to host many port 22: No route to host'
        $errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*Connect-MxServer HOST*'
    }

    It 'ends a call that is under way, with one error' {
        $null = Connect-MxServer edge-1 -Socket $sockets.fra
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$root/MultiExit.psd1'; Watch-MxServer edge-1 -Event * -ErrorAction SilentlyContinue -ErrorVariable failed; `$failed")
        $none = [Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.BeginInvoke($none, $output)
        # It listens once it has told of something.
        $weights = [Collections.Generic.Queue[int]](2..1000)
        Wait-Until {
            Set-MxConfig edge-1 -Set @{ 'exits[wan1].weight' = $weights.Dequeue() }
            $output.Count -gt 0
        }
        Get-Ssh | ForEach-Object { Stop-Process -Id $_ -Force }
        $running.AsyncWaitHandle.WaitOne(30000) | Should -BeTrue
        $failed = @($output | Where-Object { $_ -isnot [MultiExit.MxEvent] })
        $failed.Count | Should -Be 1
        $failed[0].TargetObject | Should -Be 'edge-1'
        "$failed" | Should -BeLike 'edge-1: the connection was lost: *'
        $shell.Dispose()
    }
}

Describe 'Ctrl+C and the end' {
    It 'ends a connection that is being made at once, and leaves no ssh' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$root/MultiExit.psd1'; Connect-MxServer silent -Timeout 5m")
        $running = $shell.BeginInvoke()
        Wait-Until { Get-Ssh }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
        $shell.Dispose()
        Wait-Until { -not (Get-Ssh) }
    }

    It 'ends ssh with Disconnect-MxServer, and does nothing with -WhatIf' {
        $null = Connect-MxServer edge-1, edge-2 -Socket $sockets.fra
        Disconnect-MxServer * -WhatIf
        @(Get-Ssh).Count | Should -Be 2
        # In a session of its own it gets no signal when Ctrl+C is pressed in the terminal (stat of proc(5): the sixth value).
        foreach ($id in Get-Ssh) { ((Get-Content "/proc/$id/stat") -replace '^.*\) ').Split(' ')[3] | Should -Be $id }
        Get-MxServer edge-1 | Disconnect-MxServer
        (Get-MxServer edge-*).Name | Should -Be 'edge-2'
        Disconnect-MxServer edge-2
        Wait-Until { -not (Get-Ssh) }
        (Get-Failure { Disconnect-MxServer edge-2 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'HostNotFound,*'
        Get-MxServer edge-* | Should -BeNullOrEmpty
    }

    It 'ends ssh with the process, and with the module' {
        Invoke-Child "`$env:PATH = '$env:PATH'; Import-Module '$root/MultiExit.psd1'; (Connect-MxServer edge-1 -Socket '$($sockets.fra)').Name" | Should -Be 'edge-1'
        Wait-Until { -not (Get-Ssh) }
        Invoke-Child "`$env:PATH = '$env:PATH'; Import-Module '$root/MultiExit.psd1'; `$null = Connect-MxServer edge-1 -Socket '$($sockets.fra)'; Remove-Module MultiExit
            `$id = (Get-Content '$TestDrive/pids')[-1]; while (Test-Path /proc/`$id) { }; 'gone'" | Should -Be 'gone'
    }
}

Describe 'Connect-MxServer by OpenSSH' {
    BeforeAll {
        $env:PATH = $path
        $sshd = Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1
        if (-not $sshd) { return }
        $folder = Join-Path $TestDrive 'sshd'
        $null = New-Item -ItemType Directory $folder
        ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
        ssh-keygen -q -t ed25519 -N '' -f "$folder/key"
        ssh-keygen -q -t ed25519 -N '' -f "$folder/other"
        Copy-Item "$folder/key.pub" "$folder/authorized_keys"
        $sshPort = Find-FreePort
        Set-Content "$folder/sshd_config" @"
Port $sshPort
ListenAddress 127.0.0.1
HostKey $folder/host
PidFile none
AuthorizedKeysFile $folder/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
"@
        Set-Content "$folder/known_hosts" "[127.0.0.1]:$sshPort $((Get-Content "$folder/host.pub") -replace ' [^ ]*$')"
        Set-Content "$folder/config" @"
Host edge-1 edge-2
  HostName 127.0.0.1
  Port $sshPort
  IdentityFile $folder/key
Host locked
  HostName 127.0.0.1
  Port $sshPort
  IdentityFile $folder/other
Host closed
  HostName 127.0.0.1
  Port 1
Host *
  User $(id -un)
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $folder/known_hosts
  GlobalKnownHostsFile /dev/null
"@
        if ((id -u) -eq 0) { $null = New-Item -ItemType Directory -Force /run/sshd }
        $start = [Diagnostics.ProcessStartInfo]::new($sshd.Source, [string[]]('-D', '-e', '-f', "$folder/sshd_config"))
        $start.RedirectStandardError = $true
        $daemon = [Diagnostics.Process]::Start($start)
        do {
            $line = $daemon.StandardError.ReadLineAsync()
            if (-not $line.Wait(30000) -or $null -eq $line.Result) { throw 'sshd does not start' }
        } until ($line.Result -match 'Server listening')
        # What sshd says later is read and thrown away, so that it is not held up.
        $null = $daemon.StandardError.ReadToEndAsync()
        $how = @{ SshConfig = "$folder/config"; Program = $program; Socket = $sockets.fra }

        # The clients that run with this configuration.
        function Get-RealSsh { Get-Process ssh -ErrorAction Ignore | Where-Object { $_.CommandLine -match [regex]::Escape("$folder/config") } }
    }

    AfterAll {
        Disconnect-MxServer *
        if ($daemon) {
            $daemon.Kill($true)
            $null = $daemon.WaitForExit(30000)
        }
        $env:PATH = "${fake}:$path"
    }

    It 'reaches servers, changes one, and says what ssh says of those it cannot reach' {
        if (-not $daemon) { Set-ItResult -Skipped -Because 'sshd (openssh-server) is not installed'; return }
        $connected = Connect-MxServer edge-1, locked, edge-2, closed @how -ErrorVariable errors -ErrorAction SilentlyContinue
        $connected.Name | Should -Be 'edge-1', 'edge-2'
        $errors.TargetObject | Should -Be 'locked', 'closed'
        "$($errors[0])" | Should -BeLike 'locked: ssh ended with 255: *Permission denied*'
        "$($errors[1])" | Should -BeLike 'closed: ssh ended with 255: *Connection refused*'
        Get-MxExit wan2 -Server edge-2 | Disable-MxExit -Confirm:$false
        (Get-MxExit wan2 -Server edge-*).State | Should -Be 'Disabled', 'Disabled'
        Enable-MxExit wan2 -Server edge-1
        (Get-MxLog edge-1 -Id MX1042)[-1].Message | Should -BeLike "*$(id -un)*"
        1..10 | ForEach-Object { $null = Get-MxServer edge-* }
        (Get-MxServer edge-1).State | Should -Be 'Running'
    }

    It 'connects again after the session was cut on the other side' {
        if (-not $daemon) { Set-ItResult -Skipped -Because 'sshd (openssh-server) is not installed'; return }
        $null = Connect-MxServer edge-1 @how
        # What sshd has started for the sessions.
        Get-Process | Where-Object { $_.Parent.Id -eq $daemon.Id } | Stop-Process -Force
        Wait-Until { -not (Get-RealSsh) }
        (Get-MxServer edge-1 -WarningVariable warnings -WarningAction SilentlyContinue).State | Should -Be 'Running'
        "$warnings" | Should -BeLike 'edge-1: the connection was lost: *; connecting again.'
    }

    It 'needs no more than a key that may run nothing else' {
        if (-not $daemon) { Set-ItResult -Skipped -Because 'sshd (openssh-server) is not installed'; return }
        Disconnect-MxServer *
        Set-Content "$folder/authorized_keys" "restrict,command=`"$program control fra --socket $($sockets.fra) --socket $($sockets.lon)`" $(Get-Content "$folder/key.pub")"
        (Connect-MxServer edge-1 -SshConfig "$folder/config").Name | Should -Be 'edge-1'
        (Get-MxConfig edge-1).Settings | Should -Contain 'name: fra'
        ssh -F "$folder/config" -o BatchMode=yes edge-1 'touch' "$TestDrive/touched" 2>&1 | Out-Null
        Test-Path "$TestDrive/touched" | Should -BeFalse
    }

    It 'leaves no ssh behind' {
        if (-not $daemon) { Set-ItResult -Skipped -Because 'sshd (openssh-server) is not installed'; return }
        Disconnect-MxServer *
        Wait-Until { -not (Get-RealSsh) }
    }
}
