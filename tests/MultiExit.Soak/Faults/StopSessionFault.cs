using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Faults;

/// <summary>An operator ends a session: that one, and no other.</summary>
internal sealed class StopSessionFault(Site site) : Fault(site)
{
    public override string Name => "session stopped";

    public override async Task RunAsync(Random random)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        ExitRoute[] exits = [.. Site.Stage.Ways.Where(way => way.Entrance == Entrance.Socks5 && way.Exit.IsSteady).Select(way => way.Exit)];
        await using TcpConnection connection = await TcpConnection.ConnectAsync(Site.Stage.Dialer[Entrance.Socks5], limit.Token);
        IPEndPoint target = Site.Stage.Targets.Pattern.EndPoint;
        string exit = exits[random.Next(exits.Length)].Name;
        await Handshakes.Socks5Async(connection, Handshakes.Connect, target, exit, Dialer.Password, limit.Token);
        await new Order(Verb.Echo, Site.Stage.NextSeed(), 0).SendAsync(connection, limit.Token);

        JsonElement sessions = await Site.Near.Control.GetAsync("sessions");
        // A client of another listener may have the same port.
        string client = connection.LocalEndPoint.ToString()!;
        JsonElement own = sessions.EnumerateArray().Single(
            session => session.GetProperty("client").GetString() == client && session.GetProperty("protocol").GetString() == "socks5");
        await Site.AskAsync(HttpMethod.Delete, $"sessions/{own.GetProperty("id").GetInt64()}", expected: HttpStatusCode.NoContent);
        try
        {
            await connection.ReceiveEndAsync(limit.Token);
        }
        catch (SocketException)
        {
            // As it should: it was broken off.
        }
    }
}
