using System.Net;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The system's ephemeral ports, and its table of sockets.</summary>
public sealed class EphemeralPortsTests
{
    [Theory]
    [InlineData("32768\t60999\n", "\n", 28232)]
    [InlineData("40000 40009", "40001,40008-41000", 7)]
    [InlineData("40000 40009", "1-65535", 0)]
    [InlineData("40009 40000", "", 0)]
    public void The_range_is_counted_without_the_reserved_ports(string range, string reserved, int expected)
    {
        EphemeralPorts ports = Assert.IsType<EphemeralPorts>(EphemeralPorts.Parse(range, reserved));
        Assert.Equal(expected, ports.Count);
        Assert.Equal(expected > 0, ports.Contains(40000) || ports.Contains(32768));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("1", "")]
    [InlineData("1 2 3", "")]
    [InlineData("1 70000", "")]
    [InlineData("1 2", "3-4-5")]
    [InlineData("1 2", "x")]
    public void A_malformed_range_gives_no_count(string range, string reserved) => Assert.Null(EphemeralPorts.Parse(range, reserved));

    [Theory]
    [InlineData("   0: 0100007F:A2C1 0200007F:0050 01 00000000:00000000 02:00000000 00000000", "127.0.0.1", 41665, "127.0.0.2", 80)]
    [InlineData("   1: 00000000000000000000000001000000:A2C1 B80D0120000000000000000001000000:01BB 06", "::1", 41665, "2001:db8::1", 443)]
    [InlineData("   2: 0000000000000000FFFF00000100007F:A2C1 0000000000000000FFFF00000200007F:0050 01", "127.0.0.1", 41665, "127.0.0.2", 80)]
    public void A_line_of_the_table_is_read_as_a_socket(string line, string local, int localPort, string remote, int remotePort)
    {
        Assert.True(TcpTable.TryParse(line, out PortPair pair, out int port));
        Assert.Equal(new PortPair(IPAddress.Parse(local), new IPEndPoint(IPAddress.Parse(remote), remotePort)), pair);
        Assert.Equal(localPort, port);
    }

    [Theory]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue")]
    [InlineData("")]
    [InlineData("0:")]
    [InlineData("0: 0100007F:A2C1")]
    [InlineData("0: 0100007F:A2C1 ")]
    [InlineData("0: 0100007:A2C1 0200007F:0050 01")]
    [InlineData("0: 0100007F:A2C11 0200007F:0050 01")]
    [InlineData("0: 0100007F:A2C1 020000zz:0050 01")]
    public void A_line_that_is_not_a_socket_is_passed_over(string line) => Assert.False(TcpTable.TryParse(line, out _, out _));
}
