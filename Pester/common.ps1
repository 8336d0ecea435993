# Dot-sourced in BeforeAll of each file: the module of this checkout, and peers to talk to.
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
. (Join-Path $root 'module/build/FreshShell.ps1')
Import-Module (Join-Path $root 'MultiExit.psd1')

# Runs a script text in a PowerShell of its own and returns what it writes.
function Invoke-Child([string] $Script) {
    Invoke-FreshShell @('-Command', "`$ErrorActionPreference = 'Stop'; $Script") 2>&1 | ForEach-Object { "$_" }
}

# A web server on a free loopback port that answers every request with a text; {client} in it is the address of the client.
function Start-HttpTarget([string] $Text = 'hello from the target') {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $shell = [powershell]::Create().AddScript({
            param($listener, $text)
            # Ends the loop when the listener is stopped: one that goes on with each error is not stopped by the shell either.
            $ErrorActionPreference = 'Stop'
            while ($true) {
                $client = $listener.AcceptTcpClient()
                try {
                    $stream = $client.GetStream()
                    $reader = [IO.StreamReader]::new($stream)
                    while ($reader.ReadLine()) { }
                    $body = $text.Replace('{client}', $client.Client.RemoteEndPoint.Address)
                    $answer = [Text.Encoding]::ASCII.GetBytes("HTTP/1.1 200 OK`r`nContent-Length: $($body.Length)`r`nConnection: close`r`n`r`n$body")
                    $stream.Write($answer)
                } catch {
                    Write-Debug "a client that left: $_"
                } finally {
                    $client.Dispose()
                }
            }
        }).AddArgument($listener).AddArgument($Text)
    $null = $shell.BeginInvoke()
    return [pscustomobject]@{ Port = $listener.LocalEndpoint.Port; Listener = $listener; Shell = $shell }
}

function Stop-HttpTarget($Target) {
    $Target.Listener.Stop()
    $Target.Shell.Stop()
    $Target.Shell.Dispose()
}

# A port of 127.0.0.1 that something listens on; accepts nothing by itself.
function New-BusyPort {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    return $listener
}

# A socket that has a port of 127.0.0.1 and does not listen: connections are refused, and nobody else gets the number until it is disposed of. It is made
# without a protocol, since .NET lets others bind to the number of one of TCP.
function New-ClosedPort {
    $holder = [Net.Sockets.Socket]::new([Net.Sockets.AddressFamily]::InterNetwork, [Net.Sockets.SocketType]::Stream, [Net.Sockets.ProtocolType]::Unspecified)
    $holder.Bind([Net.IPEndPoint]::new([Net.IPAddress]::Loopback, 0))
    return $holder
}

# A port without a listener, below those that systems give out when any port will do (Linux from 32768 on, others from
# 49152 on): it stays free until a server takes it.
function Find-FreePort {
    foreach ($candidate in Get-Random -InputObject (10000..32767) -Count 100) {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, $candidate)
        try {
            $listener.Start()
            return $candidate
        } catch [Net.Sockets.SocketException] {
            Write-Debug "port ${candidate}: $_"
        } finally {
            $listener.Stop()
        }
    }
    throw 'of 100 ports none is free'
}

# A BIND that serves the zone 'example' over HTTPS on a free port of 127.0.0.1, with the files of New-MxCertificate.
function Start-Named($Certificate, [string] $Records) {
    $folder = Split-Path $Certificate.CertificatePath
    $port = Find-FreePort
    Set-Content (Join-Path $folder 'zone') "`$TTL 60`n@ SOA ns.example. root.example. 1 60 60 60 5`n@ NS ns.example.`nns A 127.0.0.1`n$Records"
    Set-Content (Join-Path $folder 'named.conf') @"
tls local { cert-file "$($Certificate.CertificatePath)"; key-file "$($Certificate.KeyPath)"; };
http doh { endpoints { "/dns-query"; }; };
options { directory "$folder"; pid-file none; lock-file none; session-keyfile "$folder/session.key"; recursion no;
  dnssec-validation no; listen-on port $port tls local http doh { 127.0.0.1; }; listen-on-v6 { none; }; };
controls { };
zone "example" { type primary; file "$folder/zone"; };
"@
    $start = [Diagnostics.ProcessStartInfo]::new('/usr/sbin/named', "-g -n 1 -c `"$folder/named.conf`"")
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    do {
        $line = $process.StandardError.ReadLineAsync()
        if (-not $line.Wait(30000)) {
            $process.Kill()
            throw 'named said nothing for 30 s'
        }
        if ($null -eq $line.Result) { throw 'named did not start' }
    } until ($line.Result -match ' running$')
    return [pscustomobject]@{ Port = $port; Process = $process }
}

function Stop-Named($Named) {
    $Named.Process.Kill()
    $null = $Named.Process.WaitForExit(30000)
    $Named.Process.Dispose()
}

# curl, the independent client; returns what it received and leaves its exit code in $LASTEXITCODE.
function Invoke-Curl {
    & curl --silent --show-error --max-time 20 @args 2>&1 | ForEach-Object { "$_" }
}

# A SOCKS5 CONNECT spoken by hand (RFC 1928, 1929), with a login 'user:secret' or none; the connection is open when it returns.
function Open-Socks5([int] $Port, [int] $TargetPort, [string] $Login) {
    $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $Port)
    $client.ReceiveTimeout = 20000
    $stream = $client.GetStream()
    if ($Login) {
        $name, $secret = $Login.Split(':', 2) | ForEach-Object { , [Text.Encoding]::UTF8.GetBytes($_) }
        $null = Invoke-Exchange $stream ([byte[]](5, 1, 2)) 2
        $null = Invoke-Exchange $stream ([byte[]](@(1, $name.Length) + $name + $secret.Length + $secret)) 2
    } else {
        $null = Invoke-Exchange $stream ([byte[]](5, 1, 0)) 2
    }
    $reply = Invoke-Exchange $stream ([byte[]](5, 1, 0, 1, 127, 0, 0, 1, ($TargetPort -shr 8), ($TargetPort -band 255))) 10
    if ($reply[1] -ne 0) { throw "SOCKS5 reply $($reply[1])" }
    return $client
}

# A word as a secure string.
function ConvertTo-Secret([string] $Word) {
    $secret = [securestring]::new()
    foreach ($letter in $Word.ToCharArray()) { $secret.AppendChar($letter) }
    return $secret
}

function Invoke-Exchange([IO.Stream] $Stream, [byte[]] $Request, [int] $AnswerLength) {
    $Stream.Write($Request)
    $answer = [byte[]]::new($AnswerLength)
    $Stream.ReadExactly($answer, 0, $AnswerLength)
    return $answer
}

# The error a script block ends with.
function Get-Failure([scriptblock] $Script) {
    try { $null = & $Script } catch { return $_ }
    throw 'nothing failed'
}

# Waits for a state that no event announces.
function Wait-Until([scriptblock] $Condition) {
    $limit = [DateTime]::UtcNow.AddSeconds(60)
    while (-not (& $Condition)) {
        if ([DateTime]::UtcNow -gt $limit) { throw "the awaited state did not come: $Condition" }
        Start-Sleep -Milliseconds 50
    }
}
