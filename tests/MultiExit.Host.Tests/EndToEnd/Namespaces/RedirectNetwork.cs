using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A client, its gateway and a target beyond that, of which the client has no other way to the target.</summary>
/// <remarks>The client is 10.8.0.2 and fd00:8::2 behind lan0 of the gateway, which is 10.8.0.1 and fd00:8::1 there; towards the target the gateway is
/// 10.9.0.1, 10.9.0.7 and fd00:9::1. It forwards nothing, and the target has no way back to the client.</remarks>
internal sealed class RedirectNetwork : IDisposable
{
    public const int Port = 12345;

    /// <summary>The address of the exit that rules lead to, and the one that the gateway's own connections have.</summary>
    public const string ExitAddress = "10.9.0.7", OwnAddress = "10.9.0.1";

    private static int _count;
    private readonly List<NamespaceHost> _all = [];

    public RedirectNetwork()
    {
        string prefix = $"multiexit-{Environment.ProcessId}-r{Interlocked.Increment(ref _count)}";
        try
        {
            Client = Add($"{prefix}-client");
            Gateway = Add($"{prefix}-gate");
            Far = Add($"{prefix}-target");
            Link(Gateway, "lan0", ["10.8.0.1/24", "fd00:8::1/64", "fe80::1/64"], Client, "c0", ["10.8.0.2/24", "fd00:8::2/64", "fe80::2/64"]);
            Link(Gateway, "wan0", ["10.9.0.1/24", "10.9.0.7/24", "fd00:9::1/64", "fe80::3/64"], Far, "t0", ["10.9.0.2/24", "fd00:9::2/64", "fe80::4/64"]);
            Client.Do("ip route add default via 10.8.0.1");
            Client.Do("ip -6 route add default via fd00:8::1");
            Gateway.Do($"ip route add {GatewayNetwork.TargetIpv4} via 10.9.0.2");
            Gateway.Do($"ip -6 route add {GatewayNetwork.TargetIpv6} via fd00:9::2");
            Far.Do($"ip addr add {GatewayNetwork.TargetIpv4} dev lo");
            Far.Do($"ip addr add {GatewayNetwork.TargetIpv6} dev lo nodad");
            Target = new SourceTarget(Far);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NamespaceHost Client { get; }

    public NamespaceHost Gateway { get; }

    public NamespaceHost Far { get; }

    public SourceTarget Target { get; } = null!;

    /// <summary>The addresses that the target is known by.</summary>
    public static IPAddress[] Targets => [GatewayNetwork.TargetIpv4, GatewayNetwork.TargetIpv6];

    /// <summary>A configuration whose exit for IPv4 has the second address of the gateway.</summary>
    public static string Config(string mode, string more = "") =>
        $$"""
        name: gate
        inbounds:
          - name: lan
            type: transparent
            listen: "[::]:{{Port}}"
            mode: {{mode}}
            udp: {{(mode == "tproxy" ? "true" : "false")}}
            private_destinations: allow
            redirect: { from: [lan0] }
        exits: [{ name: second, type: direct, address: {{ExitAddress}} }]
        routes:
          {{more}}
          - { networks: [{{GatewayNetwork.TargetIpv4}}/32], exit: second }
        """;

    /// <summary>Everything that provisioning could leave a trace in.</summary>
    public string Snapshot()
    {
        StringBuilder text = new();
        foreach (string words in (string[])["nft -s list ruleset", "ip -4 rule", "ip -6 rule", "ip -4 route show table all", "ip -6 route show table all"])
            text.AppendLine(words).Append(Gateway.Do(words));
        return text.ToString();
    }

    /// <summary>Runs <c>multiexit redirect</c> on the gateway.</summary>
    public string Expect(int exitCode, string text, string verb, TemporaryFile config)
    {
        (int actual, string output, string error) = Gateway.MultiExit([], "redirect", verb, "--config", config.Path);
        Assert.True(exitCode == actual, $"{verb}: exit code {actual}\n{output}{error}");
        Assert.Contains(text, output + error, StringComparison.Ordinal);
        return output + error;
    }

    /// <summary>What a connection from a namespace brings, after it has sent a text; null: it was reset or refused.</summary>
    public static async Task<string?> AskAsync(NamespaceHost from, IPAddress target, int port, string? says = null)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using Socket socket = from.Make(() => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), limit.Token);
            if (says is not null) await socket.SendAsync(Encoding.ASCII.GetBytes(says), limit.Token);
            StringBuilder text = new();
            byte[] buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var count) text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            return text.ToString();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>What answers a datagram of the client, and from where.</summary>
    public async Task<(string Text, IPEndPoint From)> AskByDatagramAsync(Socket socket, IPAddress target, int port)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        await socket.SendToAsync(new byte[] { 1 }, SocketFlags.None, new IPEndPoint(target, port), limit.Token);
        byte[] buffer = new byte[1500];
        SocketReceiveFromResult answer = await socket.ReceiveFromAsync(buffer, new IPEndPoint(
            target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), limit.Token);
        return (Encoding.ASCII.GetString(buffer, 0, answer.ReceivedBytes), (IPEndPoint)answer.RemoteEndPoint);
    }

    /// <summary>A UDP socket of the client.</summary>
    public Socket Datagrams(IPAddress target) => Client.Make(() =>
    {
        Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        return socket;
    });

    public void Dispose()
    {
        Target?.Dispose();
        foreach (NamespaceHost space in _all) space.Dispose();
    }

    private NamespaceHost Add(string name)
    {
        NamespaceHost space = new(name);
        _all.Add(space);
        return space;
    }

    private static void Link(NamespaceHost left, string leftName, string[] leftAddresses, NamespaceHost right, string rightName, string[] rightAddresses)
    {
        Command.Do($"ip link add {leftName} netns {left.Name} type veth peer name {rightName} netns {right.Name}");
        foreach ((NamespaceHost space, string device, string[] addresses) in
            ((NamespaceHost, string, string[])[])[(left, leftName, leftAddresses), (right, rightName, rightAddresses)])
        {
            // Link-local addresses would come later, by themselves, and change the listings.
            space.Do($"ip link set {device} addrgenmode none");
            space.Do($"ip link set {device} up");
            foreach (string address in addresses)
                space.Do($"ip addr add {address} dev {device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
        }
    }
}
