using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class OwnConnectionsTests
{
    [Fact]
    public async Task A_connection_that_is_disposed_late_does_not_take_the_next_one_with_the_same_ends_along()
    {
        OwnConnections own = new();
        FakeTransport.FakeSocket first = new(), second = new();
        own.Add(second.RemoteEndPoint.Port);
        using (OwnConnections.Dial dial = own.Begin(second.RemoteEndPoint.Port))
        {
            dial.Connected(first, null, null, null);
            dial.Connected(second, null, null, null);
        }
        await first.DisposeAsync();
        Assert.Equal(1, own.HopsOf(second.LocalEndPoint, second.RemoteEndPoint));
        await second.DisposeAsync();
        Assert.Equal(0, own.HopsOf(second.LocalEndPoint, second.RemoteEndPoint));
    }
}
