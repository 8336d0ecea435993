using System.Buffers;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>What a client of Shadowsocks has sent, sent again to other nodes by whoever has recorded it.</summary>
public sealed class FleetReplayTests(ITestOutputHelper output)
{
    private const string Rest = "exits: [{ name: out, type: direct }]\ndefault: out\n";
    private const string Password = "a password of all nodes";
    private const string Inbound =
        $$"""- { name: ss, type: shadowsocks, listen: "FRONT:8388", method: aes-256-gcm, password: "{{Password}}", private_destinations: allow }""";
    private const int Rounds = 40;

    [FleetFact]
    public async Task One_node_serves_a_request_that_comes_to_all_at_once_and_each_one_does_while_the_store_is_cut_off()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest, Inbound, ", replay: shared");
        await using EchoWorld echo = new(network.World);
        int sent = 0;
        for (int round = 0; round < Rounds; sent++)
        {
            Assert.True(sent < 3 * Rounds, "the store does not answer in time");
            if (await AskStoreAsync(network, RequestTo(echo.Port)) is not { } served) continue;
            Assert.Equal(1, served);
            round++;
        }
        string rows = $"{sent}";
        await FleetNetwork.UntilAsync(() => Task.FromResult(network.Database.Sql("fleet", "SELECT count(*) FROM multiexit.replay") == rows));
        output.WriteLine($"{sent} rows of {network.Database.Sql("fleet", "SELECT pg_total_relation_size('multiexit.replay')")} bytes");

        network.CutStore(isCut: true);
        byte[] recorded = [];
        for (int i = 0; i < 3; i++)
        {
            recorded = RequestTo(echo.Port);
            Assert.All(await SendToAllAsync(network, recorded), Assert.True);
            Assert.All(await SendToAllAsync(network, recorded), Assert.False);
        }
        for (int n = 0; n < FleetNetwork.Nodes; n++) Assert.True(await IsLocalAsync(network, n));
        // To one node alone, which tells the others of it when it can.
        byte[] later = RequestTo(echo.Port);
        Assert.True(await SendAsync(network, 0, later));

        network.CutStore(isCut: false);
        await AllAskAsync(network);
        Assert.Equal(0, await AskStoreUntilToldAsync(network, () => later));
        Assert.Equal(1, await AskStoreUntilToldAsync(network, () => RequestTo(echo.Port)));
    }

    // A node that goes by its own window serves a recorded request once at most: by then it has it there.
    private static async Task<int> AskStoreUntilToldAsync(FleetNetwork network, Func<byte[]> octets)
    {
        int? served = null;
        await FleetNetwork.UntilAsync(async () => (served = await AskStoreAsync(network, octets())) is not null);
        return served!.Value;
    }

    // How many nodes have served it; null when one of them has not heard from the store within half a second, which a busy machine may
    // cause: that one goes by its own window, and says so.
    private static async Task<int?> AskStoreAsync(FleetNetwork network, byte[] octets)
    {
        int before = await OutagesAsync(network);
        int served = (await SendToAllAsync(network, octets)).Count(isServed => isServed);
        if (await OutagesAsync(network) == before) return served;
        await AllAskAsync(network);
        return null;
    }

    private static async Task<int> OutagesAsync(FleetNetwork network) => (await Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes)
        .Select(n => network.Control(n).GetLogAsync(new LogQuery { Ids = ["MX1166"] })))).Sum(log => log.Count);

    private static Task AllAskAsync(FleetNetwork network) => FleetNetwork.UntilAsync(
        async () => !(await Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes).Select(n => IsLocalAsync(network, n)))).Contains(true));

    private static async Task<bool> IsLocalAsync(FleetNetwork network, int n) =>
        (await network.Control(n).GetStatusAsync()).Warnings.Any(warning => warning.Id == "MX1166");

    private static byte[] RequestTo(int port)
    {
        ShadowsocksMethod method = ShadowsocksMethods.Find("aes-256-gcm")!.Value;
        Assert.True(ShadowsocksSecret.TryCreate(method, new Secret(Password), out ShadowsocksSecret? secret, out string? problem), problem);
        ArrayBufferWriter<byte> octets = new();
        using ShadowsocksSealer sealer = new(method, secret.Key, TimeProvider.System, null);
        sealer.Request(secret, Destination.FromEndPoint(new IPEndPoint(IPAddress.Parse(FleetNetwork.WorldAddress), port)), "first"u8, octets);
        return octets.WrittenSpan.ToArray();
    }

    private static Task<bool[]> SendToAllAsync(FleetNetwork network, byte[] octets) =>
        Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes).Select(n => SendAsync(network, n, octets)));

    // Whether the node has answered.
    private static async Task<bool> SendAsync(FleetNetwork network, int n, byte[] octets)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using Socket socket = network.World.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(IPEndPoint.Parse($"{FleetNetwork.FrontOf(n)}:8388"), limit.Token);
        await socket.SendAsync(octets, limit.Token);
        socket.Shutdown(SocketShutdown.Send);
        return await socket.ReceiveAsync(new byte[100], limit.Token) > 0;
    }
}
