using System.Security.Cryptography;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Tests.Inbounds;

/// <summary>What nodes of a fleet write of a handshake.</summary>
public sealed class ReplayMarkTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32), Salt = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void It_is_the_same_for_whoever_has_the_key_and_says_nothing_to_others()
    {
        ReplayMark mark = ReplayMark.Of(ReplayKind.Shadowsocks, Key, Salt);
        Assert.Equal(mark, ReplayMark.Of(ReplayKind.Shadowsocks, [.. Key], [.. Salt]));
        byte[] octets = mark.Value.ToByteArray(bigEndian: true);
        Assert.NotEqual(Salt[..16], octets);
        Assert.NotEqual(SHA256.HashData(Salt)[..16], octets);
        Assert.NotEqual(mark.Value, ReplayMark.Of(ReplayKind.Shadowsocks, [.. Key[..31], (byte)(Key[31] ^ 1)], Salt).Value);
        Assert.NotEqual(mark.Value, ReplayMark.Of(ReplayKind.Shadowsocks, Key, [.. Salt[..31], (byte)(Salt[31] ^ 1)]).Value);
    }

    [Fact]
    public void Those_of_two_kinds_never_meet()
    {
        UInt128 random = new(1, 2);
        Guid[] marks = [.. Enum.GetValues<ReplayKind>().Select(kind => ReplayMark.Of(kind, Key, Salt).Value)];
        Assert.Equal(3, marks.Distinct().Count());
        Assert.Equal(
            ReplayMark.Of(ReplayKind.Tunnel, Key, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]), ReplayMark.OfTunnelHello(Key, random));
    }
}
