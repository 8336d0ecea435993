# The configuration files of a contestant, into a folder of its own.
$Key = 'bZ0Rk8M1w4c0m1qzPpTZP3c2vRkTtGqB1lXb7cVq6fA='

function Write-Configuration($Contestant, [int] $Target) {
    $folder, $port, $inner, $far = $Contestant.Folder, $Contestant.Port, $Contestant.Inner, $Contestant.FarAddress
    # So many idle sessions on two carriers have more room for what is unread than is usual.
    $limits = "limits: { connections_per_client: 100000, session_memory: 4GiB, memory: 8GiB }`n"
    $udp = 'private_destinations: allow, udp_per_user: 60000, udp_total: 65000'
    $entrance = "${limits}inbounds: [{ name: in, type: socks5, listen: `"127.0.0.1:$port`", $udp }]`n"
    $files = @{
        'relay.yaml' = $entrance
        'danted.conf' = @"
logoutput: $folder/danted.log
internal: 127.0.0.1 port = $port
external: 127.0.0.1
socksmethod: none
clientmethod: none
user.privileged: root
user.unprivileged: root
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
"@
        'haproxy.cfg' = @"
global
    maxconn 4000
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen bench
    bind 127.0.0.1:$port
    server target 127.0.0.1:$Target
"@
    }
    $tls = "tls: { cert: `"$folder/cert.pem`", key: `"$folder/key.pem`" }"
    $pin = (New-MxCertificate 127.0.0.1 -Path $folder).Fingerprint
    $tunnels = @{
        'ech-tunnel' = 'type: ech-tunnel, path: /t, max_streams: 8192', "type: ech-tunnel, server: `"ws://${far}:$inner/t`""
        'ech-tunnel-wss' = "type: ech-tunnel, path: /t, max_streams: 8192, $tls", "type: ech-tunnel, server: `"wss://${far}:$inner/t`", tls: { pin: `"$pin`" }"
        'shadowsocks' = 'type: shadowsocks, method: aes-256-gcm, password: bench, udp_per_user: 60000, udp_total: 65000',
            "type: shadowsocks, method: aes-256-gcm, password: bench, server: `"${far}:$inner`""
    }
    foreach ($method in 'tls', 'chacha20-poly1305', 'aes-256-gcm') {
        $tunnels[$method] = "type: tunnel, key: `"$Key`", max_streams: 8192, $tls", "type: tunnel, key: `"$Key`", method: $method, pin: `"$pin`", server: `"${far}:$inner`""
    }
    foreach ($kind in $tunnels.Keys) {
        $inbound, $exit = $tunnels[$kind]
        $files["$kind-server.yaml"] = "${limits}inbounds: [{ name: in, listen: `"${far}:$inner`", private_destinations: allow, $inbound }]`n"
        $files["$kind-client.yaml"] = "${entrance}exits: [{ name: far, $exit }]`ndefault: far`n"
    }
    foreach ($name in $files.Keys) { Set-Content (Join-Path $folder $name) $files[$name] }
}
