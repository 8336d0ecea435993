# Who is measured: us and the programs of the distribution that do the same. Start holds the commands, in their order, of a tunnel the
# server first; {port} and {inner} stand for ports of the contestant's own, {far} for the server's address, {folder} for a folder of its own, {multiexit} for
# our program.
function Get-Contestant([string[]] $Against) {
    $relay = @(
        New-Contestant relay 'no proxy' -Client direct -AtTarget
        New-Contestant relay multiexit -Udp -Start '{multiexit} run --config {folder}/relay.yaml'
        New-Contestant relay microsocks -Start 'microsocks -i 127.0.0.1 -p {port}'
        New-Contestant relay dante -Udp -Start 'danted -f {folder}/danted.conf'
        New-Contestant relay 'haproxy (tcp)' -Client direct -Start 'haproxy -f {folder}/haproxy.cfg'
    )
    $tunnel = foreach ($kind in 'tls', 'chacha20-poly1305', 'aes-256-gcm', 'ech-tunnel', 'ech-tunnel-wss', 'shadowsocks') {
        New-Contestant tunnel "multiexit, $kind" -Udp -Start "{multiexit} run --config {folder}/$kind-server.yaml",
            "{multiexit} run --config {folder}/$kind-client.yaml"
    }
    $peers = @(
        New-Contestant tunnel 'shadowsocks-libev, aes-256-gcm' -Udp -Start 'ss-server -u -s {far} -p {inner} -k bench -m aes-256-gcm -t 300',
            'ss-local -u -s {far} -p {inner} -k bench -m aes-256-gcm -l {port} -b 127.0.0.1 -t 300'
    )
    $others = foreach ($each in $Against) {
        $name, $command = $each -split '=', 2
        if (-not $command) { throw "-Against has the form NAME=COMMAND, with {port} where the command is to listen for SOCKS5: $each" }
        New-Contestant relay $name -Start $command
    }
    @($relay) + @($others) + @($tunnel) + @($peers) | Where-Object { $_ }
}

function New-Contestant([string] $Group, [string] $Name, [string] $Client = 'socks5', [string[]] $Start = @(), [switch] $AtTarget, [switch] $Udp) {
    [pscustomobject] @{
        Group = $Group; Name = $Name; Client = $Client; Start = $Start; AtTarget = [bool] $AtTarget; Udp = [bool] $Udp
        Port = 0; Folder = ''; Processes = @(); FarAddress = '127.0.0.1'; FarPrefix = ''
    }
}

# Whether the programs of its commands are there.
function Test-Contestant($Contestant) {
    -not ($Contestant.Start | Where-Object { $_ -notlike '{multiexit}*' -and -not (Get-Command ($_ -split ' ')[0] -CommandType Application -ErrorAction Ignore) })
}
