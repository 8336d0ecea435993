using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>The control messages that name where a datagram was sent to.</summary>
public sealed class OriginalDestinationTests
{
    private const int SolIp = 0, SolIpv6 = 41, IpOrigDstAddr = 20, Ipv6OrigDstAddr = 74, IpTtl = 2;

    [Fact]
    public void The_destination_is_found_behind_other_messages()
    {
        byte[] ipv4 = [.. Message(SolIp, IpTtl, [64, 0, 0, 0]), .. Message(SolIp, IpOrigDstAddr, Address("203.0.113.7:53"))];
        byte[] ipv6 = [.. Message(SolIp, IpTtl, [1]), .. Message(SolIpv6, Ipv6OrigDstAddr, Address("[2001:db8::7]:443"))];
        Assert.Equal(IPEndPoint.Parse("203.0.113.7:53"), OriginalDestinationSocket.FindDestination(ipv4));
        Assert.Equal(IPEndPoint.Parse("[2001:db8::7]:443"), OriginalDestinationSocket.FindDestination(ipv6));
    }

    [Fact]
    public void A_message_that_is_cut_anywhere_has_no_destination()
    {
        byte[] whole = Message(SolIp, IpOrigDstAddr, Address("203.0.113.7:53"));
        for (int length = 0; length < whole.Length; length++) Assert.Null(OriginalDestinationSocket.FindDestination(whole.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(15UL)]
    [InlineData(17UL)]
    [InlineData(ulong.MaxValue)]
    public void A_length_that_cannot_be_ends_the_search(ulong length)
    {
        byte[] control = Message(SolIp, IpOrigDstAddr, Address("203.0.113.7:53"));
        MemoryMarshal.Write(control, (nuint)length);
        Assert.Null(OriginalDestinationSocket.FindDestination(control));
    }

    private static byte[] Address(string text)
    {
        byte[] address = new byte[SockAddr.MaxLength];
        return address[..SockAddr.Write(IPEndPoint.Parse(text), address)];
    }

    private static byte[] Message(int level, int type, byte[] data)
    {
        int header = IntPtr.Size + 8;
        byte[] message = new byte[(header + data.Length + IntPtr.Size - 1) / IntPtr.Size * IntPtr.Size];
        MemoryMarshal.Write(message, (nuint)(header + data.Length));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(IntPtr.Size), level);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(IntPtr.Size + 4), type);
        data.CopyTo(message, header);
        return message;
    }
}
