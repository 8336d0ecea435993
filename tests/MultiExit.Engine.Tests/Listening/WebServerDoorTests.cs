using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Listening;

/// <summary>How long a port that looks like a web server's waits for TLS, and how it ends the wait.</summary>
public sealed class WebServerDoorTests
{
    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x16, 3, 1, 2, 0, 1, 0 })]
    public async Task Who_says_nothing_or_stops_within_TLS_is_ended_after_a_minute_and_without_a_reset(byte[] said)
    {
        ManualTimeProvider time = new();
        await using PortableTransport transport = new();
        (SocketStream client, SocketStream accepted) = await TestTransports.ConnectAsync(transport);
        await using (client)
        {
            ClientConnection connection = new(accepted.RemoteEndPoint, "edge", time.GetTimestamp(), accepted.Abort);
            TlsServer tls = new(new TlsServerConfig { SelfSigned = true }, TimeProvider.System, asWebServer: true);
            await client.WriteAsync(said);
            Task opening = new WebServerDoor(connection, time).OpenAsync(accepted, tls).AsTask();
            await time.WaitForTimersAsync(1);
            time.Advance(TimeSpan.FromSeconds(59));
            await time.WaitForTimersAsync(1); // it has not fired
            Assert.False(opening.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(TestTransports.Patience));
            Assert.True(connection.TimedOut);
            await accepted.DisposeAsync();
            Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        }
    }

    [Fact]
    public void Who_may_take_longer_may_not_once_half_of_the_places_are_taken()
    {
        ManualTimeProvider time = new();
        ConnectionTable table = new(time);
        int aborted = 0;
        LimitsConfig limits = new() { Connections = 6 };
        for (int i = 1; i <= 3; i++) Add().Patience = TimeSpan.FromSeconds(75);
        time.Advance(TimeSpan.FromSeconds(20));
        table.SweepHandshakes(TimeSpan.FromSeconds(10), limits.Connections);
        Assert.Equal(0, aborted);
        Add();
        table.SweepHandshakes(TimeSpan.FromSeconds(10), limits.Connections);
        Assert.Equal(3, aborted);

        ClientConnection Add() => table.TryAdd(new IPEndPoint(IPAddress.Loopback, 1), () => aborted++, "edge", limits, out _)!;
    }
}
