using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Protocols;

/// <summary>The one form of a name, whatever a client writes.</summary>
public sealed class HostNameTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.Com", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("ｅｘａｍｐｌｅ.com", "example.com")]
    [InlineData("ＥＸＡＭＰＬＥ．com", "example.com")]
    [InlineData("example。com", "example.com")]
    [InlineData("example｡com。", "example.com")]
    [InlineData("exam\u00adple\u200b.com\ufeff", "example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example.", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("straße.example", "xn--strae-oqa.example")]
    [InlineData("_dmarc.example.com", "_dmarc.example.com")]
    public void A_name_has_one_form(string written, string name)
    {
        Assert.True(Destination.TryFromHost(written, 443, out Destination? destination));
        Assert.Equal(name, destination.Host);
        Assert.True(destination.IsDomain);
    }

    [Theory]
    [InlineData("１２７.0.0.1", "127.0.0.1")]
    [InlineData("127。0。0。1", "127.0.0.1")]
    [InlineData("127.0.0.1.", "127.0.0.1")]
    [InlineData("127.0.0.\u200b1", "127.0.0.1")]
    public void An_address_that_is_written_as_a_name_is_an_address(string written, string address)
    {
        Assert.True(Destination.TryFromHost(written, 443, out Destination? destination));
        Assert.Equal(address, destination.Address?.ToString());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("。")]
    [InlineData("\u200b")]
    [InlineData("a..example")]
    [InlineData("a。。example")]
    [InlineData(".example")]
    [InlineData("example..")]
    [InlineData("a／b.example")]
    [InlineData("user＠example.com")]
    [InlineData("example.com：80")]
    [InlineData("ａ\u0000.example")]
    public void What_is_no_name_in_any_form_is_refused(string written) => Assert.False(Destination.TryFromHost(written, 443, out _));

    // IPAddress.TryParse takes the first address out of each of them.
    [Theory]
    [InlineData("[::1]:80")]
    [InlineData("[[::1]:80]")]
    [InlineData("[[::1]]")]
    [InlineData("::1/64")]
    [InlineData("fe80::1%no interface")]
    public void An_address_with_more_around_it_is_none(string written) => Assert.False(Destination.TryFromHost(written, 443, out _));

    [Fact]
    public void Two_ways_to_write_a_name_are_one_destination()
    {
        Assert.True(Destination.TryParse("EXAMPLE。com.:443", -1, out Destination? first));
        Assert.True(Destination.TryParse("example.com:443", -1, out Destination? second));
        Assert.Equal(first, second);
    }
}
