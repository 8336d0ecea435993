# A web server on a free port that answers each request with the address of its client, as the target of a connection sees it.
function Start-EchoTarget([ipaddress] $Address) {
    $listener = [Net.Sockets.TcpListener]::new($Address, 0)
    $listener.Start()
    $shell = [powershell]::Create().AddScript({
            param($listener)
            while ($true) {
                $client = $listener.AcceptTcpClient()
                try {
                    $client.ReceiveTimeout = 10000
                    $stream = $client.GetStream()
                    $reader = [IO.StreamReader]::new($stream)
                    while ($reader.ReadLine()) { }
                    $seen = "$($client.Client.RemoteEndPoint.Address)"
                    $stream.Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 200 OK`r`nContent-Length: $($seen.Length)`r`nConnection: close`r`n`r`n$seen"))
                } catch [IO.IOException] {
                    Write-Debug "a client that left: $_"
                } finally {
                    $client.Dispose()
                }
            }
        }).AddArgument($listener)
    $null = $shell.BeginInvoke()
    return [pscustomobject]@{ Url = [uri]"http://$($listener.LocalEndpoint)/"; Listener = $listener; Shell = $shell }
}

function Stop-EchoTarget($Target) {
    $Target.Listener.Stop()
    $Target.Shell.Stop()
    $Target.Shell.Dispose()
}
