using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Management;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>The OpenAPI document, beside a server that runs.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(OpenApiDocument.Text).RootElement;
    private static readonly string[] Methods = ["GET", "PUT", "POST", "PATCH", "DELETE"];

    // What a name in a path stands for on the server of these tests.
    private static readonly (string Path, string With)[] Names =
    [
        ("/sessions/{id}", "/sessions/1"), ("/exits/{name}", "/exits/wan1"), ("/groups/{name}/members/{exit}", "/groups/pool/members/none"),
        ("/groups/{name}", "/groups/pool"), ("/versions/{number}", "/versions/1"), ("/sets/{name}", "/sets/lan"),
    ];

    [UnixFact]
    public async Task The_server_takes_each_request_of_the_document_and_no_other_method_of_its_paths()
    {
        await using Rig rig = await Rig.StartAsync();
        foreach (JsonProperty path in Document.GetProperty("paths").EnumerateObject())
        {
            foreach (string method in Methods)
            {
                bool isIn = path.Value.TryGetProperty(method.ToLowerInvariant(), out _);
                // Sent as a reader, who changes nothing: what is there answers otherwise than with 404 NotFound and 405.
                string answer = await rig.AskReaderAsync(method, PathOf(path.Name));
                bool isTaken = !answer.StartsWith("HTTP/1.1 405 ", StringComparison.Ordinal) && !answer.Contains("\"NotFound\"", StringComparison.Ordinal);
                Assert.True(isIn == isTaken, $"{method} {path.Name}: {answer}");
            }
        }
    }

    [UnixFact]
    public async Task The_document_has_each_path_that_the_server_says_there_are()
    {
        await using Rig rig = await Rig.StartAsync();
        string said = Body(await rig.AskAsync("GET", "/none")).GetProperty("message").GetString()!;
        string[] there = said[(said.IndexOf("there are ", StringComparison.Ordinal) + "there are ".Length)..].Split(", ");
        Assert.Equal(there.Order(StringComparer.Ordinal),
            Document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
    }

    [UnixFact]
    public async Task Answers_of_a_running_server_are_as_the_document_says()
    {
        await using Rig rig = await Rig.StartAsync();
        SchemaCheck check = new(Document);
        List<string> seen = [];
        await using (await rig.OpenSessionAsync())
        {
            foreach (JsonProperty path in Document.GetProperty("paths").EnumerateObject())
            {
                if (!path.Value.TryGetProperty("get", out JsonElement get) || path.Name == "/events") continue;
                string answer = await rig.AskAsync("GET", PathOf(path.Name), path.Name == "/metrics" ? "Accept: application/json\r\n" : "");
                string status = answer.Split(' ')[1];
                JsonElement schema = get.GetProperty("responses").TryGetProperty(status, out JsonElement success)
                    ? success.GetProperty("content").GetProperty("application/json").GetProperty("schema")
                    : JsonDocument.Parse("{\"$ref\":\"#/components/schemas/ControlError\"}").RootElement;
                Assert.Equal([], check.Find(schema, Body(answer), path.Name));
                if (status == "200") seen.Add(path.Name);
            }
        }
        // A server that answers nothing would pass as well.
        Assert.Subset(seen.ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal)
        {
            "/server", "/preflight", "/sessions", "/exits", "/exits/{name}", "/groups", "/groups/{name}", "/groups/{name}/members", "/users", "/config",
            "/config/status", "/versions", "/versions/{number}", "/versions/{number}/difference", "/log", "/metrics", "/sets", "/sets/{name}", "/records",
            "/traffic", "/access", "/openapi.json", "/locked",
        });
        (string Method, string Path, string Body)[] more =
        [
            ("POST", "/exits/{name}/disable", ""), ("POST", "/exits/{name}/enable", ""), ("POST", "/exits/{name}/weight", "{\"weight\":3}"),
            ("POST", "/cut", "{\"user\":\"alice\"}"), ("POST", "/unlock", ""), ("POST", "/versions/{number}/check", ""), ("POST", "/sets/{name}/update", ""),
            ("PATCH", "/config/replay", "{\"set\":{\"exits[wan1].weight\":9}}"), ("POST", "/versions/{number}/restore", ""), ("POST", "/reload", ""),
            ("POST", "/exits/{name}/probe", "{\"target\":\"tcp://127.0.0.1:1\",\"timeout\":2}"),
        ];
        foreach ((string method, string path, string body) in more)
        {
            string answer = await rig.AskAsync(method, PathOf(path), "", body);
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            Assert.Equal([], check.Find(Document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant()).GetProperty("responses")
                .GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema"), Body(answer), path));
        }
    }

    [Fact]
    public void The_check_of_these_tests_finds_what_is_wrong()
    {
        SchemaCheck check = new(JsonDocument.Parse(
            """{"components":{"schemas":{"A":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}}""").RootElement);
        JsonElement schema = JsonDocument.Parse("""{"type":"array","items":{"$ref":"#/components/schemas/A"}}""").RootElement;
        Assert.Equal([], check.Find(schema, JsonDocument.Parse("[{\"n\":1}]").RootElement));
        Assert.Equal(["$[0].x is not in the schema", "$[0].n is missing"], check.Find(schema, JsonDocument.Parse("[{\"x\":1}]").RootElement));
        Assert.Equal(["$[0].n: String is no integer"], check.Find(schema, JsonDocument.Parse("[{\"n\":\"1\"}]").RootElement));
    }

    [UnixFact]
    public async Task A_reader_is_refused_each_request_that_changes_something_and_gets_the_others()
    {
        await using Rig rig = await Rig.StartAsync();
        foreach (JsonProperty path in Document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject().Where(_ => path.Name != "/events"))
            {
                string answer = await rig.AskReaderAsync(operation.Name.ToUpperInvariant(), PathOf(path.Name));
                bool isRefused = answer.StartsWith("HTTP/1.1 403 ", StringComparison.Ordinal)
                    && answer.Contains("\"OperatorNeeded\"", StringComparison.Ordinal);
                Assert.True(isRefused == (operation.Value.GetProperty("x-access").GetString() == "write"), $"{operation.Name} {path.Name}: {answer}");
                Assert.DoesNotContain("battery-staple", answer, StringComparison.Ordinal);
                // All that is a GET reads.
                Assert.True(operation.Name != "get" || !isRefused);
            }
        }
        Assert.Equal("reader", Body(await rig.AskReaderAsync("GET", "/access")).GetProperty("role").GetString());
        Assert.Equal("operator", Body(await rig.AskAsync("GET", "/access")).GetProperty("role").GetString());
        Assert.True(rig.Server.Gateway.GetExits().Single(exit => exit.Name == "wan1").Enabled);
        Assert.Contains(rig.Server.Gateway.GetLog(new()), entry => entry.Id == "MX1130"
            && entry.Message.Contains("POST /exits/wan1/disable", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task A_reader_hears_events()
    {
        await using Rig rig = await Rig.StartAsync();
        using TextPeer peer = new(await UnixSocket.ConnectAsync(rig.Readers, default));
        await peer.SendAsync("GET /events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
    }

    private static string PathOf(string path)
    {
        foreach ((string name, string with) in Names) path = path.Replace(name, with, StringComparison.Ordinal);
        // What is streamed does not end by itself.
        return path switch { "/route" => "/route?destination=192.0.2.1:443", "/events" => "/events?types=none", _ => path };
    }

    private static JsonElement Body(string answer) =>
        JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;

    // A server with something of everything, and a socket of readers.
    private sealed class Rig : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new(inMemory: true);

        public ManagedServer Server { get; private set; } = null!;

        public string Readers => _folder["r"];

        public static async Task<Rig> StartAsync()
        {
            Rig rig = new();
            string file = rig._folder["edge.yaml"];
            await File.WriteAllTextAsync(rig._folder["lan.txt"], "192.0.2.0/24\n");
            await File.WriteAllTextAsync(file, $$"""
                name: edge
                inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0", private_destinations: allow, users: { alice: { password: p } } }]
                exits:
                - { name: wan1, type: direct, weight: 2 }
                - { name: wan2, type: socks5, server: "127.0.0.1:1", username: u, password: battery-staple }
                groups: [{ name: pool, strategy: weighted, exits: [wan1, wan2], publish: true }]
                sets: { lan: { file: lan.txt } }
                default: wan1
                control: { socket: {{rig._folder["s"]}}, readers: { socket: {{rig.Readers}} } }
                history: { directory: history }
                records: { path: records }
                """);
            ConfigResult config = ConfigLoader.LoadFile(file);
            Assert.Equal([], config.Errors);
            rig.Server = await ManagedServer.StartAsync(config);
            return rig;
        }

        public Task<string> AskAsync(string method, string path, string fields = "", string body = "") => AskAsync(_folder["s"], method, path, fields, body);

        public Task<string> AskReaderAsync(string method, string path) => AskAsync(Readers, method, path, "", "");

        // A live session through the proxy.
        public async Task<IAsyncDisposable> OpenSessionAsync()
        {
            EchoTarget target = new();
            System.Net.Sockets.Socket socket = await TakeoverRig.OpenAsync(Server.GetStatus().Listeners[0].EndPoint, target.EndPoint, "alice");
            return new Opened(target, socket);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _folder.Dispose();
        }

        private static async Task<string> AskAsync(string socket, string method, string path, string fields, string body)
        {
            using TextPeer peer = new(await UnixSocket.ConnectAsync(socket, default).AsTask().WaitAsync(TestTransports.Patience));
            await peer.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{fields}\r\n{body}");
            return await peer.ReadToEndAsync();
        }

        private sealed class Opened(EchoTarget target, System.Net.Sockets.Socket socket) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync()
            {
                socket.Dispose();
                await target.DisposeAsync();
            }
        }
    }
}
