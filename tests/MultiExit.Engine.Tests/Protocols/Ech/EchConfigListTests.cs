using System.Text;
using MultiExit.Engine.Protocols.Ech;
using static MultiExit.Engine.Tests.Protocols.Ech.EchVectors;

namespace MultiExit.Engine.Tests.Protocols.Ech;

public sealed class EchConfigListTests
{
    [Fact]
    public void The_example_of_the_rfc_is_read_field_by_field()
    {
        EchConfigList list = Parse(RfcList);
        Assert.Equal(RfcList, Convert.FromBase64String("AD7+DQA65wAgACA8wVN2BtscOl3vQheUzHeIkVmKIiydUhDCliA4iyQRCwAEAAEAAQALZXhhbXBsZS5jb20AAA=="));
        EchConfig config = Assert.Single(list.Configs);
        Assert.Null(config.Unusable);
        Assert.Same(config, list.Usable);
        Assert.Equal((0xfe0d, 0xe7, 0x20, 0, "example.com"), (config.Version, config.ConfigId, config.Kem, config.MaximumNameLength, config.PublicName));
        Assert.Equal(RfcPublicKey, Convert.ToHexStringLower(config.PublicKey.Span));
        Assert.Equal([new EchCipherSuite(1, 1)], config.CipherSuites);
        Assert.Empty(config.Extensions);
        Assert.Equal(RfcList[2..], config.Encoded.ToArray());
    }

    [Fact]
    public void What_is_made_is_what_the_rfc_has() =>
        Assert.Equal(RfcList, EchConfig.Create(0xe7, Hex(RfcPublicKey), "example.com").ToList());

    [Fact]
    public void The_first_usable_config_is_taken_alone()
    {
        byte[] other = Config(name: "622e6578616d706c65");
        EchConfigList list = Parse(List(Config(version: "fe0a"), Config(kem: "0010"), other, Config()));
        Assert.Equal(4, list.Configs.Count);
        Assert.Equal("b.example", list.Usable?.PublicName);
        Assert.Equal(List(other), list.Usable?.ToList());
        Assert.Null(list.WhyNot);
    }

    [Theory]
    [InlineData("version", "fe0a", "it has the version fe0a, and only fe0d is known")]
    [InlineData("kem", "0010", "it has the key exchange P-256, and only X25519 (0x0020) is known")]
    [InlineData("kem", "4242", "it has the key exchange 0x4242, and only X25519 (0x0020) is known")]
    [InlineData("key", "00", "its public key has 1 bytes, and an X25519 key has 32")]
    [InlineData("key", RfcPublicKey + "00", "its public key has 33 bytes, and an X25519 key has 32")]
    [InlineData("suites", "00020001", "its cipher suites are HKDF-SHA384/AES-128-GCM, and none is HKDF-SHA256 with a known AEAD")]
    [InlineData("suites", "00010004" + "0001ffff", "its cipher suites are HKDF-SHA256/0x0004, HKDF-SHA256/0xffff, and none is HKDF-SHA256 with a known AEAD")]
    [InlineData("extensions", "00010000" + "9999000101", "it has the mandatory extension 9999, which is not known")]
    [InlineData("extensions", "00010000" + "00010000", "it has an extension twice")]
    [InlineData("name", "6578616d706c652e636f6d2e", "its public name \"example.com.\" is not a host name")]
    [InlineData("name", "", "its public name \"\" is not a host name")]
    [InlineData("name", "1b5b33316d", "its public name \"\\027[31m\" is not a host name")]
    [InlineData("suites", "", "its fields do not fit into its length (RFC 9849 section 4)")]
    [InlineData("suites", "000100010001", "its fields do not fit into its length (RFC 9849 section 4)")]
    [InlineData("extensions", "0001000201", "its fields do not fit into its length (RFC 9849 section 4)")]
    public void A_config_that_must_be_left_alone_says_why(string field, string value, string reason)
    {
        byte[] config = field switch
        {
            "version" => Config(version: value),
            "kem" => Config(kem: value),
            "key" => Config(key: value),
            "suites" => Config(suites: value),
            "name" => Config(name: value),
            _ => Config(extensions: value),
        };
        EchConfigList list = Parse(List(config));
        Assert.Equal(reason, Assert.Single(list.Configs).Unusable);
        Assert.Null(list.Usable);
        Assert.Equal($"config 1 is not usable: {reason}", list.WhyNot);
    }

    [Theory]
    [InlineData("00010001")]
    [InlineData("00010002")]
    [InlineData("00010003")]
    [InlineData("00030001" + "00010003")]
    public void One_known_suite_is_enough(string suites) => Assert.NotNull(Parse(List(Config(suites: suites))).Usable);

    [Fact]
    public void An_unknown_extension_that_is_not_mandatory_is_skipped() => Assert.NotNull(Parse(List(Config(extensions: "1234000301020356780000"))).Usable);

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("localhost", true)]
    [InlineData("a..example", false)]
    [InlineData(".example", false)]
    [InlineData("example.", false)]
    [InlineData("-a.example", false)]
    [InlineData("a-.example", false)]
    [InlineData("a_b.example", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("example.0x1f", false)]
    [InlineData("example.0x", false)]
    [InlineData("1.example", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("bücher.example", false)]
    [InlineData("", false)]
    public void A_public_name_is_a_host_name_and_no_address(string name, bool valid) => Assert.Equal(valid, EchPublicName.IsValid(name));

    [Fact]
    public void Lengths_of_public_names_are_those_of_dns()
    {
        string label = new('a', 63);
        Assert.True(EchPublicName.IsValid($"{label}.{label}.{label}.{label[..61]}"));
        Assert.False(EchPublicName.IsValid($"{label}.{label}.{label}.{label[..62]}"));
        Assert.False(EchPublicName.IsValid(label + "a"));
    }

    [Theory]
    [InlineData("", "is cut off")]
    [InlineData("00", "is cut off")]
    [InlineData("0000", "is empty")]
    [InlineData("0001", "is cut off")]
    [InlineData("000100", "holds a config that is longer than the list")]
    [InlineData("0004fe0d0001", "holds a config that is longer than the list")]
    [InlineData("000000", "is longer than its length says")]
    public void What_is_no_list_says_why(string hex, string fault)
    {
        Assert.Equal(fault, EchConfigList.Parse(Hex(hex), out EchConfigList? list));
        Assert.Null(list);
    }

    [Fact]
    public void Cut_off_anywhere_it_is_no_list()
    {
        byte[] list = List(Config(extensions: "1234000301020356780000"), Config());
        for (int length = 0; length < list.Length; length++)
            Assert.NotNull(EchConfigList.Parse(list.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_config_cut_off_inside_its_own_length_is_unusable()
    {
        byte[] whole = Config(extensions: "1234000301020356780000");
        for (int length = 4; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            (cut[2], cut[3]) = ((byte)((length - 4) >> 8), (byte)(length - 4));
            Assert.Equal("its fields do not fit into its length (RFC 9849 section 4)", Parse(List(cut)).Configs[0].Unusable);
        }
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        Random random = new(9849);
        byte[] list = List(Config(extensions: "1234000301020356780000"), Config(version: "fe0a"), Config());
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = [.. list];
            for (int i = random.Next(1, 4); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (EchConfigList.Parse(damaged, out EchConfigList? read) is null) Assert.NotEmpty(read!.Configs);
        }
    }

    [Fact]
    public void Thousands_of_configs_give_a_short_reason()
    {
        EchConfigList list = Parse(List([.. Enumerable.Repeat(Hex("00000000"), 16000)]));
        Assert.InRange(list.WhyNot!.Length, 1, 1000);
        Assert.EndsWith("; and 15996 more", list.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_name_of_letters_only_goes_out_as_written() =>
        Assert.Contains("Hub.Example", Encoding.ASCII.GetString(EchConfig.Create(1, Hex(RfcPublicKey), "Hub.Example").ToList()), StringComparison.Ordinal);

    private static EchConfigList Parse(byte[] source)
    {
        Assert.Null(EchConfigList.Parse(source, out EchConfigList? list));
        return list!;
    }
}
