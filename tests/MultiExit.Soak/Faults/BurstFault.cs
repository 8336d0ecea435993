using System.Net.Sockets;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Faults;

/// <summary>Many clients come at once, say little, and break off.</summary>
internal sealed class BurstFault(Site site) : Fault(site)
{
    private const int Clients = 80;

    public override string Name => "burst of clients";

    public override async Task RunAsync(Random random)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        Entrance[] entrances = Enum.GetValues<Entrance>();
        byte[] bytes = new byte[64];
        random.NextBytes(bytes);
        // No order that a target knows: forwarded ports lead there.
        bytes[0] = byte.MaxValue;
        int[] chosen = [.. Enumerable.Range(0, Clients).Select(_ => random.Next(entrances.Length))];
        await Task.WhenAll(chosen.Select(async entrance =>
        {
            await using TcpConnection connection = await TcpConnection.ConnectAsync(Site.Stage.Dialer[entrances[entrance]], limit.Token);
            try
            {
                await connection.WriteAsync(bytes, limit.Token);
            }
            catch (SocketException)
            {
                // What no protocol begins with ends the connection.
            }
            connection.Abort();
        }));
    }
}
