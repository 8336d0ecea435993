using System.Formats.Asn1;
using MultiExit.Engine.Protocols.Ldap;

namespace MultiExit.Engine.Tests.Protocols.Ldap;

/// <summary>Names and filters as text (RFC 4514, RFC 4515).</summary>
public sealed class LdapTextTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("a,b", "a\\,b")]
    [InlineData("x,ou=admins", "x\\,ou\\=admins")]
    [InlineData("#a", "\\#a")]
    [InlineData(" a ", "\\ a\\ ")]
    [InlineData("a\0b", "a\\00b")]
    [InlineData("\"+;<>\\", "\\\"\\+\\;\\<\\>\\\\")]
    [InlineData("Müller", "Müller")]
    public void A_value_stays_one_value_of_a_DN(string value, string dn)
    {
        Assert.Equal(dn, LdapDn.Escape(value));
        if (!value.Contains('\0', StringComparison.Ordinal) && value.Trim() == value) Assert.Equal(value, LdapDn.FirstValue($"uid={dn},ou=people"));
    }

    [Theory]
    [InlineData("cn=ops,ou=groups,dc=example", "ops")]
    [InlineData("CN=Domain Users,DC=example", "Domain Users")]
    [InlineData("cn=M\\C3\\BCller+uid=7,dc=x", "Müller")]
    [InlineData("ops", "ops")]
    [InlineData("cn=a\\", null)]
    [InlineData("cn=", "")]
    public void The_first_value_of_a_DN_is_read(string dn, string? value) => Assert.Equal(value, LdapDn.FirstValue(dn));

    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("*", "\\2a")]
    [InlineData("a)(uid=*", "a\\29\\28uid\\3d\\2a")]
    [InlineData("\\", "\\5c")]
    [InlineData("ü", "\\c3\\bc")]
    public void A_value_stays_one_value_of_a_filter(string value, string filter)
    {
        Assert.Equal(filter, LdapFilter.Escape(value));
        Assert.Null(LdapFilter.Problem($"(uid={filter})"));
    }

    // The octets by RFC 4511 section 4.5.1: [0] and, [1] or, [2] not, [3] equality, [4] substrings, [5] >=, [6] <=, [7] present, [8] ~=, [9] extensible.
    [Theory]
    [InlineData("(uid=al)", "A309 0403756964 0402616C")]
    [InlineData("(uid=*)", "8703756964")]
    [InlineData("(uid=\\2a)", "A308 0403756964 04012A")]
    [InlineData("(uid=a*b*c)", "A410 0403756964 3009 800161 810162 820163")]
    [InlineData("(uid=*b)", "A40A 0403756964 3003 820162")]
    [InlineData("(a>=1)", "A506 040161 040131")]
    [InlineData("(a<=1)", "A606 040161 040131")]
    [InlineData("(a~=1)", "A806 040161 040131")]
    [InlineData("(&(a=1)(b=2))", "A010 A306040161040131 A306040162040132")]
    [InlineData("(|(a=1)(!(b=2)))", "A112 A306040161040131 A208 A306040162040132")]
    [InlineData("(m:1.2:=x)", "A90B 8103312E32 82016D 830178")]
    [InlineData("(o:dn:=x)", "A909 82016F 830178 8401FF")]
    public void A_filter_becomes_octets(string text, string octets)
    {
        AsnWriter writer = new(AsnEncodingRules.BER);
        Assert.True(LdapFilter.TryWrite(text, writer, out _));
        Assert.Equal(octets.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(writer.Encode()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("uid=x")]
    [InlineData("(uid=x")]
    [InlineData("(uid=x))")]
    [InlineData("(=x)")]
    [InlineData("(uid)")]
    [InlineData("(u id=x)")]
    [InlineData("(uid=\\)")]
    [InlineData("(uid=\\zz)")]
    [InlineData("(&)")]
    [InlineData("(!)")]
    [InlineData("(:=x)")]
    public void What_is_no_filter_says_what_is_wrong(string text) => Assert.NotNull(LdapFilter.Problem(text));

    [Fact]
    public void A_filter_has_an_end_and_a_depth()
    {
        Assert.NotNull(LdapFilter.Problem($"(uid={new string('x', 5000)})"));
        Assert.Equal("it is nested too deeply", LdapFilter.Problem(string.Concat(Enumerable.Repeat("(!", 100)) + "(a=1)" + new string(')', 100)));
    }
}
