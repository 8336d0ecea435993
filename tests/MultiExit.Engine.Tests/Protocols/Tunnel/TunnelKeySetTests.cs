using System.Security.Cryptography;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

public sealed class TunnelKeySetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void The_key_is_the_one_whose_hmac_the_message_has(int count)
    {
        TunnelPsk[] keys = [.. Enumerable.Range(0, count).Select(KeyOf)];
        TunnelKeySet set = new(keys);
        byte[] message = RandomNumberGenerator.GetBytes(28);
        for (int i = 0; i < count; i++) Assert.Equal(i, set.Find(message, HMACSHA256.HashData(keys[i].HandshakeKey, message).AsSpan(0, 4)));
        Assert.Equal(-1, set.Find(message, HMACSHA256.HashData(KeyOf(count).HandshakeKey, message).AsSpan(0, 4)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(55)]
    public void A_message_may_have_any_length_that_fits_into_a_block(int length)
    {
        TunnelPsk key = KeyOf(3);
        byte[] message = RandomNumberGenerator.GetBytes(length);
        Assert.Equal(1, new TunnelKeySet([KeyOf(2), key]).Find(message, HMACSHA256.HashData(key.HandshakeKey, message).AsSpan(0, 4)));
    }

    [Fact]
    public void Where_two_keys_fit_it_is_neither()
    {
        TunnelPsk key = KeyOf(5);
        byte[] message = RandomNumberGenerator.GetBytes(28);
        Assert.Equal(-1, new TunnelKeySet([key, KeyOf(6), key]).Find(message, HMACSHA256.HashData(key.HandshakeKey, message).AsSpan(0, 4)));
    }

    private static TunnelPsk KeyOf(int index)
    {
        Assert.True(TunnelPsk.TryCreate(BitConverter.GetBytes(index), out TunnelPsk? key));
        return key;
    }
}
