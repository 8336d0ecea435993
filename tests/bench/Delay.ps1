# The tunnels with a path between their ends that takes time: two network namespaces, and a link with a delay between them. Needs root and iproute2.
$RoundTrips = 0, 50, 100
$FarAddress = '10.99.0.2'

# A row for each figure at each round trip; nothing where namespaces are not to be had.
function Measure-Delayed($Generators, [string] $Path, [double] $Seconds, [string] $Name) {
    foreach ($roundTrip in $RoundTrips) {
        $link = New-Link $Path $roundTrip
        if (-not $link) { return }
        try {
            # All but the far ends runs in the near namespace, and so does the script that measures it.
            $result = Join-Path $Path "delay-$roundTrip.json"
            $shell = Get-ThisShell
            ip netns exec $link.Near $shell[0] @($shell | Select-Object -Skip 1) -NoProfile -NonInteractive -File (Join-Path $PSScriptRoot 'Measure-Delayed.ps1') `
                -RoundTrip $roundTrip -FarNamespace $link.Far -FarAddress $FarAddress -Seconds $Seconds -Name $Name -Path $Path -Result $result | Out-Host
            if ($LASTEXITCODE) { throw "the measure with a round trip of $roundTrip ms ended with $LASTEXITCODE" }
            Get-Content $result -Raw | ConvertFrom-Json
        } finally { Remove-Link $link }
    }
}

# The command of this shell; that of a `dotnet tool` is dotnet with the shell's library.
function Get-ThisShell {
    $shell = (Get-Process -Id $PID).Path
    (Split-Path $shell -LeafBase) -eq 'dotnet' ? @($shell, (Join-Path $PSHOME 'pwsh.dll')) : @($shell)
}

# netem delays where the kernel has it; elsewhere tun devices, whose packets mxdelay carries.
function New-Link([string] $Path, [double] $RoundTrip) {
    $link = @{ Near = "mxbench-$PID-near"; Far = "mxbench-$PID-far"; Carrier = $null }
    if (-not (Get-Command ip -CommandType Application -ErrorAction Ignore) -or (id -u) -ne 0) {
        Write-Warning 'a path with a delay needs root and iproute2, and is left out'
        return
    }
    $ends = @{ Name = $link.Near; Address = '10.99.0.1' }, @{ Name = $link.Far; Address = $FarAddress }
    try {
        foreach ($end in $ends) { Invoke-Ip netns add $end.Name }
        Invoke-Ip link add link0 netns $link.Near type veth peer name link0 netns $link.Far
        if ($RoundTrip) { Add-Delay $Path $link ($RoundTrip / 2) }
        foreach ($end in $ends) {
            Invoke-Ip -n $end.Name link set lo up
            Invoke-Ip -n $end.Name address add "$($end.Address)/24" dev link0
            Invoke-Ip -n $end.Name link set link0 up
        }
    } catch {
        Remove-Link $link
        throw
    }
    $link
}

function Add-Delay([string] $Path, $Link, [double] $Milliseconds) {
    $delayed = foreach ($end in $Link.Near, $Link.Far) {
        # The limit is in packets, and has to hold what is under way.
        ip netns exec $end tc qdisc add dev link0 root netem delay "${Milliseconds}ms" limit 100000 2>$null
        $LASTEXITCODE -eq 0
    }
    if ($delayed -notcontains $false) { return }
    Invoke-Ip -n $Link.Near link del link0
    $carrier = Join-Path $Path 'mxdelay'
    gcc -O2 -o $carrier (Join-Path $PSScriptRoot 'mxdelay.c')
    if ($LASTEXITCODE) { throw 'gcc is needed to build mxdelay' }
    $said = "$carrier.$([guid]::NewGuid()).log"
    $Link.Carrier = Start-Process $carrier "mxn$PID mxf$PID $Milliseconds" -PassThru -RedirectStandardOutput $said
    foreach ($i in 1..100) {
        if ((Get-Content $said -ErrorAction Ignore) -contains 'ready') { break }
        Start-Sleep -Milliseconds 50
    }
    Remove-Item $said -ErrorAction Ignore
    Invoke-Ip link set "mxn$PID" netns $Link.Near name link0 mtu 9000 txqueuelen 10000
    Invoke-Ip link set "mxf$PID" netns $Link.Far name link0 mtu 9000 txqueuelen 10000
}

function Remove-Link($Link) {
    foreach ($end in $Link.Near, $Link.Far) {
        ip -n $end link del link0 2>$null
        ip netns del $end 2>$null
    }
    if ($Link.Carrier) { Stop-Process -Id $Link.Carrier.Id -ErrorAction Ignore }
}

function Invoke-Ip {
    $said = ip @args 2>&1
    if ($LASTEXITCODE) { throw "ip $($args -join ' '): $said" }
}
