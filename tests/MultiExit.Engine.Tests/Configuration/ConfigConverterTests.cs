using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Tests.Lightsocks;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Documents that are made of URLs and of files of other programs say the same as these.</summary>
public sealed class ConfigConverterTests
{
    public static TheoryData<string> Samples =>
    [
        "gost-2.json", "gost-3.yaml", "ss-local.json", "ss-server.json", "ss-server-users.json", "lightsocks.json", "multiexit-proxy-client.json",
        "multiexit-proxy-server.yaml", "socks5-websocket-proxy-server.json",
    ];

    public static TheoryData<string[], string[]> Urls => new()
    {
        { [":8080", "socks5://a%20b:p%3A%2F%22x@[::1]:1080?udp=false&name=edge"], [] },
        { ["auto://127.0.0.1:1080"], ["socks5://a:1", "http://u:p@b:2,c:3?strategy=random", "ss://aes-256-gcm:s3cret@d:4"] },
        { ["tcp://:80/a.example:80,[::1]:443/[2001:db8::1]:443", "udp://:53/192.0.2.53:53"], ["https://h:1?sni=a.example&pin=sha256:" + Pin] },
        { ["tunnel://:443?psk=the-old-oak-tree&self_signed=true"], ["tunnel://hub.example?psk=true-or-false&fake_snis=a.example,b.example"] },
        { ["wss+ech://:8443/t?token=abc&self_signed=true"], ["ws+ech://h:1/t?token=123"] },
        { ["mixed://u:123@:1"], ["direct://[2001:db8::1]"] },
        { ["ss://aes-256-gcm:p%40w@:8388", "ss://YWVzLTEyOC1nY206czNjcmV0@127.0.0.1:1?udp=false"], ["socks4://h", "socks4a://u@h:1"] },
        { [$"lightsocks://{Uri.EscapeDataString(NextOctet.Password)}@:7448"], [$"lightsocks://{Uri.EscapeDataString(NextOctet.Password)}@h:7448"] },
        { ["socks4://:1080", "socks4a://127.0.0.1:1081?private_destinations=allow"], [] },
        { ["mixed://u:null@:1"], ["wss://u:%23x@h/path?reply_wait=1s"] },
    };

    private const string Pin = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Theory, MemberData(nameof(Samples))]
    public void A_converted_file_is_a_native_document_of_the_same_configuration(string sample)
    {
        string path = ConfigAssert.Sample(sample);
        ConfigConversion conversion = ConfigConverter.FromFile(path);
        Assert.Empty(conversion.Errors);
        AssertSame(ConfigLoader.CheckText(path), conversion.Text!);
    }

    // As it is printed, the file of the client leads back to the inbound that it is given.
    [Fact]
    public void What_the_loader_would_refuse_is_not_written()
    {
        string printed = ConfigAssert.Sample("socks5-websocket-proxy-client.json");
        Assert.Contains("every request would go round", Assert.Single(ConfigConverter.FromFile(printed).Errors).Message, StringComparison.Ordinal);
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["client.json"], File.ReadAllText(printed).Replace("localhost", "proxy.example", StringComparison.Ordinal));
        AssertSame(ConfigLoader.CheckText(folder["client.json"]), ConfigConverter.FromFile(folder["client.json"]).Text!);
    }

    [Theory, MemberData(nameof(Urls))]
    public void Converted_URLs_are_a_native_document_of_the_same_configuration(string[] listen, string[] forward)
    {
        ConfigConversion conversion = ConfigConverter.FromUrls(listen, forward);
        Assert.Empty(conversion.Errors);
        AssertSame(ConfigLoader.FromUrlChain(listen, forward), conversion.Text!);
    }

    [Fact]
    public void The_letters_of_ech_tunnel_are_converted_too()
    {
        EchTunnelParameters letters = new() { Token = new Secret("t-1"), Cidr = ["10.0.0.0/8"] };
        ConfigConversion conversion = ConfigConverter.FromUrls(["wss://:8443/tunnel"], [], letters);
        AssertSame(ConfigLoader.FromUrlChain(["wss://:8443/tunnel"], [], letters), conversion.Text!);
    }

    [Fact]
    public void The_document_is_readable_marks_secrets_and_says_what_is_missing()
    {
        string text = ConfigConverter.FromFile(ConfigAssert.Sample("gost-3.yaml")).Text!;
        Assert.StartsWith("# Made of gost-3.yaml (gost 3). Relative paths count from the folder of this file.\n", text, StringComparison.Ordinal);
        Assert.Contains("\n# Not carried over: line 65, log: has no counterpart here\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  - name: proxy\n    type: mixed\n    listen: \":8080\"\n    users:\n      alice:\n        password: won/der  # secret\n", text,
            StringComparison.Ordinal);
        Assert.Contains("{ file: PATH }", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 160, line));
    }

    [Fact]
    public void Secrets_of_URLs_become_keys_that_may_stand_in_files()
    {
        string lightsocks = NextOctet.Password;
        string[] forward =
        [
            "socks5s://u:p@a:1?sni=x.example", "ss://aes-256-gcm:s3cret@b:2", $"lightsocks://{Uri.EscapeDataString(lightsocks)}@d:3?retries=1",
            "tunnel://c?psk=the-old-oak",
        ];
        string text = ConfigConverter.FromUrls([":8080"], forward).Text!;
        Assert.Contains("    server: \"socks5s://a:1?sni=x.example\"\n    username: u\n    password: p  # secret\n", text, StringComparison.Ordinal);
        Assert.Contains("    server: b:2\n    method: aes-256-gcm\n    password: s3cret  # secret\n", text, StringComparison.Ordinal);
        Assert.Contains($"    server: d:3\n    retries: 1\n    password: \"{lightsocks}\"  # secret\n", text, StringComparison.Ordinal);
        Assert.Contains("    server: c\n    key: the-old-oak  # secret\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_without_secrets_does_not_speak_of_them() =>
        Assert.DoesNotContain("secret", ConfigConverter.FromUrls([":8080"], ["socks5://h:1"]).Text!, StringComparison.Ordinal);

    [Fact]
    public void A_faulty_source_has_the_errors_of_the_loader()
    {
        Assert.Equal("listen[0]", Assert.Single(ConfigConverter.FromUrls(["relay://:1"], []).Errors).Path);
        ConfigConversion missing = ConfigConverter.FromFile("/nonexistent/x.json");
        Assert.Null(missing.Text);
        Assert.Single(missing.Errors);
    }

    [Theory]
    [InlineData(":8080", true)]
    [InlineData("socks5://:1080", true)]
    [InlineData("http://0.0.0.0:80", true)]
    [InlineData("tcp://127.0.0.1:80/a:1", true)]
    [InlineData("udp://:53/a:1", true)]
    [InlineData("ss://YWVzLTI1Ni1nY206czNjcmV0@h:1#x", false)]
    [InlineData("socks5://h:1080", false)]
    [InlineData("direct://", false)]
    public void A_URL_without_a_host_to_go_to_is_for_listening(string url, bool isForListening) =>
        Assert.Equal(isForListening, ConfigConverter.IsForListening(url));

    private static void AssertSame(ConfigResult expected, string text)
    {
        Assert.Empty(expected.Errors);
        ConfigResult result = ConfigLoader.Parse(new ConfigDocument(text, null), "made.yaml", isTextOnly: true);
        Assert.Empty(result.Errors);
        Assert.Equal("native", result.Dialect);
        Assert.Equal(Shown(expected.Config!), Shown(result.Config! with { Name = expected.Config!.Name }));
    }

    // Everything that a configuration says, its secrets included; files are where the document is.
    private static string Shown(GatewayConfig config) =>
        JsonSerializer.Serialize(config with { ClearPasswords = [] }, Options).Replace(AppContext.BaseDirectory, "", StringComparison.Ordinal);

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true, ReferenceHandler = ReferenceHandler.IgnoreCycles, Converters = { new SecretText(), new Everything() },
    };

    private sealed class SecretText : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Convert.ToHexString(value.Reveal()));
    }

    // A record is written with the properties of its own type; an address by its text.
    private sealed class Everything : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAbstract && typeToConvert.IsClass
            || typeToConvert.Namespace?.StartsWith("System.Net", StringComparison.Ordinal) == true || typeToConvert.Name == "Destination";

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Own<>).MakeGenericType(typeToConvert))!;

        private sealed class Own<T> : JsonConverter<T>
        {
            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            {
                if (value is not null && typeof(T).IsAbstract) JsonSerializer.Serialize(writer, value, value.GetType(), options);
                else writer.WriteStringValue(value?.ToString());
            }
        }
    }
}
