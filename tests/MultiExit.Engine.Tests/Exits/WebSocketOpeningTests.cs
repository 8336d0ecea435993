using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Exits;

public sealed class WebSocketOpeningTests
{
    [Theory]
    [InlineData("example.com:80", false, "example.com")]
    [InlineData("example.com:443", true, "example.com")]
    [InlineData("example.com:443", false, "example.com:443")]
    [InlineData("example.com:8080", false, "example.com:8080")]
    [InlineData("[::1]:80", false, "[::1]")]
    [InlineData("[::1]:8443", true, "[::1]:8443")]
    public void The_schemes_own_port_is_left_out(string server, bool isTls, string field)
    {
        Assert.True(Destination.TryParse(server, -1, out Destination? destination));
        Assert.Equal(field, WebSocketOpening.HostField(destination!, isTls));
    }
}
