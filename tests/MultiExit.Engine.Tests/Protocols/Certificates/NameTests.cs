using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Protocols.Certificates;

namespace MultiExit.Engine.Tests.Protocols.Certificates;

/// <summary>The names of certificates, as people write them and as certificates have them.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("CN=bob,O=Example", "O=Example, CN=bob")]
    [InlineData("cn = bob , o = Example", "O=Example, CN=bob")]
    [InlineData("2.5.4.3=bob,O=Example", "O=Example, CN=bob")]
    [InlineData("CN=Bob\\, the builder,O=Example", "O=Example, CN=\"Bob, the builder\"")]
    [InlineData("CN=Bob\\2C the builder,O=Example", "O=Example, CN=\"Bob, the builder\"")]
    [InlineData("CN=J\\C3\\BCrgen,C=DE", "C=DE, CN=Jürgen")]
    [InlineData("CN=Jürgen,C=DE", "C=DE, CN=Jürgen")]
    [InlineData("emailAddress=bob@example.com,CN=bob", "CN=bob, E=bob@example.com")]
    public void A_subject_is_the_same_however_it_is_written(string text, string rootFirst)
    {
        DistinguishedName? written = DistinguishedNameText.Parse(text);
        Assert.NotNull(written);
        Assert.Equal(Of(rootFirst), written);
    }

    [Fact]
    public void A_part_of_a_subject_may_have_several_values_in_any_order()
    {
        byte[] der = Convert.FromHexString(
            "3038" + "31173015060a0992268993f22c640119160765" + "78616d706c65" // DC=example
            + "311d" + "300a06035504030c03626f62" + "300f060a0992268993f22c640101130137"); // CN=bob+UID=7
        DistinguishedName? name = DistinguishedName.Read(der);
        Assert.Equal(name, DistinguishedNameText.Parse("UID=7+CN=bob,DC=example"));
        Assert.Equal(name, DistinguishedNameText.Parse("CN=bob+UID=7,DC=example"));
        Assert.NotEqual(name, DistinguishedNameText.Parse("CN=bob,UID=7,DC=example"));
    }

    [Theory]
    [InlineData("CN=bob,O=Example", "CN=bob, O=Example")] // the other order
    [InlineData("CN=bob,O=Example", "O=example, CN=bob")]
    [InlineData("CN=bob,O=Example", "O=Example, CN=bob, CN=eve")]
    [InlineData("CN=bob,O=Example", "C=DE, O=Example, CN=bob")]
    [InlineData("CN=bob\\,O\\=Example", "O=Example, CN=bob")]
    [InlineData("CN=bob", "O=bob")]
    public void Another_subject_is_another_one(string text, string rootFirst)
    {
        DistinguishedName? written = DistinguishedNameText.Parse(text);
        Assert.NotNull(written);
        Assert.NotEqual(Of(rootFirst).Canonical, written.Canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bob")]
    [InlineData("CN=")]
    [InlineData("CN=bob,")]
    [InlineData("CN=bob,,O=Example")]
    [InlineData("CN=bob+")]
    [InlineData("XY=bob")]
    [InlineData("CN=\"bob\"")]
    [InlineData("CN=bob\\")]
    [InlineData("CN=bob\\q")]
    [InlineData("CN=\\C3")]
    [InlineData("/CN=bob/O=Example")]
    public void What_is_no_subject_is_refused(string text) => Assert.Null(DistinguishedNameText.Parse(text));

    [Fact]
    public void Only_a_single_common_name_is_one()
    {
        Assert.Equal("bob", Of("O=Example, CN=bob").CommonName);
        Assert.Null(Of("O=Example").CommonName);
        Assert.Null(Of("CN=bob, CN=eve").CommonName);
    }

    [Theory]
    [InlineData("Bob.Example", AlternativeNameKind.Dns, "bob.example")]
    [InlineData("Bob@Mail.Example", AlternativeNameKind.Email, "Bob@mail.example")]
    [InlineData("spiffe://example/Bob", AlternativeNameKind.Uri, "spiffe://example/Bob")]
    [InlineData("urn:uuid:1", AlternativeNameKind.Uri, "urn:uuid:1")]
    [InlineData("192.0.2.1", AlternativeNameKind.Address, "192.0.2.1")]
    [InlineData("2001:DB8::1", AlternativeNameKind.Address, "2001:db8::1")]
    public void The_form_of_a_name_says_what_it_is(string text, object kind, string name) =>
        Assert.Equal(new AlternativeName((AlternativeNameKind)kind, name), AlternativeName.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("*.example")]
    [InlineData(".example")]
    [InlineData("bob example")]
    [InlineData("bücher.example")]
    [InlineData("@example")]
    [InlineData("bob@")]
    [InlineData("://")]
    public void What_is_no_name_is_refused(string text) => Assert.Null(AlternativeName.Parse(text));

    [Fact]
    public void The_names_of_a_certificate_are_read_with_their_kinds()
    {
        SubjectAlternativeNameBuilder builder = new();
        builder.AddDnsName("Bob.example");
        builder.AddEmailAddress("bob@Mail.example");
        builder.AddUri(new Uri("spiffe://example/bob"));
        builder.AddIpAddress(System.Net.IPAddress.Parse("2001:db8::1"));
        builder.AddUserPrincipalName("bob@corp.example"); // not understood
        IReadOnlyList<AlternativeName>? names = AlternativeName.Read(builder.Build().RawData);
        Assert.Equal(
            ["bob.example", "bob@mail.example", "spiffe://example/bob", "2001:db8::1"], names!.OrderBy(name => name.Kind switch
            {
                AlternativeNameKind.Dns => 0, AlternativeNameKind.Email => 1, AlternativeNameKind.Uri => 2, _ => 3,
            }).Select(name => name.Text));
        Assert.Equal(4, names!.Select(name => name.Kind).Distinct().Count());
        // A mail address that stands there as a DNS name is none.
        AlternativeName dns = new(AlternativeNameKind.Dns, "bob@a");
        Assert.Equal(dns, Assert.Single(AlternativeName.Read(Convert.FromHexString("30078205626f624061"))!));
        Assert.NotEqual(AlternativeName.Parse("bob@a"), dns);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3000ff")]
    [InlineData("30038203")]
    [InlineData("3003020101")] // not a name
    [InlineData("30058703010203")] // an address of three bytes
    [InlineData("30038201ff")] // no ASCII
    public void Malformed_names_are_none(string hex) => Assert.Null(AlternativeName.Read(Convert.FromHexString(hex)));

    [Fact]
    public void More_names_than_a_client_has_are_none()
    {
        string Names(int count) => Convert.ToHexStringLower([0x30, 0x81, (byte)(3 * count)]) + string.Concat(Enumerable.Repeat("820161", count));
        Assert.Null(AlternativeName.Read(Convert.FromHexString(Names(65))));
        Assert.Equal(64, AlternativeName.Read(Convert.FromHexString(Names(64)))!.Count);
    }

    private static DistinguishedName Of(string rootFirst)
    {
        DistinguishedName? name = DistinguishedName.Read(new X500DistinguishedName(rootFirst, X500DistinguishedNameFlags.None).RawData);
        Assert.NotNull(name);
        return name;
    }
}
