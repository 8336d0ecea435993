using System.Formats.Asn1;
using MultiExit.Engine.Protocols.Ldap;

namespace MultiExit.Engine.Tests.Protocols.Ldap;

/// <summary>Messages of LDAP as octets (RFC 4511).</summary>
public sealed class LdapMessageTests
{
    [Fact]
    public void Requests_are_those_of_the_RFC()
    {
        Assert.Equal("3016020101 60110201030404636E3D618006736563726574".Replace(" ", "", StringComparison.Ordinal),
            Convert.ToHexString(LdapRequests.Bind(1, "cn=a", "secret"u8)));
        Assert.Equal("301D020102 77188016312E332E362E312E342E312E313436362E3230303337".Replace(" ", "", StringComparison.Ordinal),
            Convert.ToHexString(LdapRequests.StartTls(2)));
        Assert.Equal("3005020103 4200".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(LdapRequests.Unbind(3)));
    }

    [Fact]
    public void A_search_says_where_what_and_how_many() => Assert.Equal(
        "302A 020104 6325 0404 64633D78 0A0102 0A0103 020102 020100 010100 A308 0403756964 040161 3004 0402636E".Replace(" ", "", StringComparison.Ordinal),
        Convert.ToHexString(LdapRequests.Search(4, "dc=x", LdapScope.Subtree, "(uid=a)", ["cn"], 2)));

    [Fact]
    public void An_empty_password_is_never_bound_with() => Assert.Throws<ArgumentException>(() => LdapRequests.Bind(1, "cn=a", []));

    [Theory]
    [InlineData("", "NeedMore", 0)]
    [InlineData("30", "NeedMore", 0)]
    [InlineData("300C0201", "Ok", 14)]
    [InlineData("3081", "NeedMore", 0)]
    [InlineData("308180", "Ok", 131)]
    [InlineData("30840000000C", "Ok", 18)]
    [InlineData("308400100000", "Ok", 1048582)]
    [InlineData("308400100001", "Invalid", 0)]
    [InlineData("3084FFFFFFFF", "Invalid", 0)]
    [InlineData("3085", "Invalid", 0)]
    [InlineData("3080", "Invalid", 0)]
    [InlineData("31", "Invalid", 0)]
    [InlineData("485454502F", "Invalid", 0)]
    public void The_length_of_a_message_is_known_by_its_first_octets(string octets, string status, int length)
    {
        Assert.Equal(status, $"{LdapResponses.TryGetLength(Convert.FromHexString(octets), out int found)}");
        if (status == "Ok") Assert.Equal(length, found);
    }

    [Fact]
    public void A_result_is_read_with_its_words()
    {
        LdapResponse response = Read("3010 020101 610B 0A0131 0400 0404 77726F6E");
        Assert.Equal((1, LdapResponseKind.Bind, LdapResultCode.InvalidCredentials, "wron"), (response.Id, response.Kind, response.Result!.Value.Code,
            response.Result.Value.Text));
    }

    [Fact]
    public void An_entry_is_read_with_its_attributes_in_any_order()
    {
        LdapResponse response = Read("3020 020102 641B 0404 63 6E 3D 61 3013 3011 0408 6D656D6265724F66 3105 040162 0400");
        Assert.Equal("cn=a", response.Entry!.Dn);
        Assert.Equal(["b", ""], response.Entry.Attributes["memberof"]);
    }

    [Fact]
    public void Of_an_entry_only_the_attributes_that_are_wanted_are_kept_and_so_many_of_their_values()
    {
        const string entry = "3020 020102 641B 0404 63 6E 3D 61 3013 3011 0408 6D656D6265724F66 3105 040162 0400";
        Assert.Empty(Read(entry, ["cn"]).Entry!.Attributes);
        Assert.Single(Read(entry, ["MEMBEROF"]).Entry!.Attributes);
        AsnWriter many = new(AsnEncodingRules.BER);
        using (many.PushSequence())
        {
            many.WriteInteger(2);
            using AsnWriter.Scope operation = many.PushSequence(new Asn1Tag(TagClass.Application, (int)LdapResponseKind.Entry));
            many.WriteOctetString([]);
            using AsnWriter.Scope attributes = many.PushSequence();
            using AsnWriter.Scope attribute = many.PushSequence();
            many.WriteOctetString("cn"u8);
            using AsnWriter.Scope values = many.PushSetOf();
            for (int i = 0; i < 2 * LdapResponses.MaxValues; i++) many.WriteOctetString([]);
        }
        Assert.Equal(LdapResponses.MaxValues, Read(Convert.ToHexString(many.Encode()), ["cn"]).Entry!.Attributes["cn"].Count);
    }

    [Theory]
    [InlineData("3003020101")] // nothing behind the id
    [InlineData("300802010161030A0131")] // a result that ends early
    [InlineData("3005020101 0500")] // no operation
    [InlineData("3009 0205 0101010101 6100")] // an id of five octets
    [InlineData("3007 020101 6402 0101")] // an entry without a name
    public void What_is_no_message_is_refused(string octets) =>
        Assert.False(LdapResponses.TryRead(Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal)), ["memberOf"], out _));

    private static LdapResponse Read(string octets, IReadOnlyList<string>? wanted = null)
    {
        byte[] message = Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(LdapResponses.TryRead(message, wanted ?? ["memberOf"], out LdapResponse? response));
        return response!;
    }
}
