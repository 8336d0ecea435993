using System.Reflection;
using System.Text;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Tests.Dashboard;

/// <summary>Pages of other sites, other names of the server, and what the page itself may do.</summary>
public sealed class DashboardSiteTests : IAsyncLifetime
{
    private DashboardHost _host = null!;
    private string _cookie = "";

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync();
        _cookie = await _host.LogInAsync("olga", "op");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET /app.js")]
    [InlineData("GET /app.css")]
    [InlineData("GET /session")]
    [InlineData("GET /nowhere")]
    [InlineData("GET /api/server")]
    [InlineData("POST /login")]
    [InlineData("PUT /")]
    public async Task Every_answer_has_the_policy(string line)
    {
        string answer = await _host.AskAsync(line);
        string policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'";
        foreach (string field in new[]
        {
            $"Content-Security-Policy: {policy}", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "X-Frame-Options: DENY",
            "Cross-Origin-Resource-Policy: same-origin", "Cache-Control: no-store",
        })
            Assert.Contains($"\r\n{field}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_names_no_file_of_another_server_and_has_no_script_or_style_in_its_text()
    {
        string page = await _host.AskAsync("GET /");
        Assert.Contains("\r\nContent-Type: text/html; charset=utf-8\r\n", page, StringComparison.Ordinal);
        foreach (string file in new[] { "app.js", "app.css", "icon.svg" }) Assert.Contains($"\"{file}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page[page.IndexOf("<!doctype", StringComparison.Ordinal)..], StringComparison.Ordinal);
        foreach (string inline in new[] { "<style", " style=", " onclick", " onload", "<script>" })
            Assert.DoesNotContain(inline, page, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(SourceFolder, "Page"), "*.js"))
        {
            string script = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            foreach (string sink in new[] { "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser" })
                Assert.DoesNotContain(sink, script, StringComparison.Ordinal);
            string answer = await _host.AskAsync($"GET /{Path.GetFileName(file)}");
            Assert.EndsWith(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(script)), answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_listens_to_every_type_of_event()
    {
        string script = await _host.AskAsync("GET /events.js");
        Assert.All(EventNames.All, type => Assert.Contains($"'{type}'", script, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:9465", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:9465", true)]
    [InlineData("dash.example", true)]
    [InlineData("Dash.Example.:8443", true)]
    [InlineData("evil.example", false)]
    [InlineData("dash.example.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("", false)]
    public async Task Only_its_own_names_are_answered(string host, bool isAnswered)
    {
        foreach (string line in new[] { "GET /", "GET /api/server", "POST /login" })
            Assert.Equal(isAnswered, !(await _host.AskAsync(line, _cookie, host: host)).StartsWith("HTTP/1.1 421 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Origin: http://localhost", 200)]
    [InlineData("Origin: https://localhost", 200)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    [InlineData("Sec-Fetch-Site: none", 200)]
    [InlineData("Origin: http://localhost:3000", 403)]
    [InlineData("Origin: http://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Origin: http://localhost\r\nOrigin: http://evil.example", 403)]
    public async Task A_page_of_another_site_gets_nothing(string field, int status)
    {
        string fields = $"{field}\r\n{_cookie}{DashboardHost.Mark}";
        Assert.StartsWith($"HTTP/1.1 {status} ", await _host.AskAsync("GET /api/server", fields), StringComparison.Ordinal);
        Assert.StartsWith($"HTTP/1.1 {status} ", await _host.AskAsync("POST /api/exits/direct/enable", fields), StringComparison.Ordinal);
        Assert.StartsWith($"HTTP/1.1 {status} ", await _host.AskAsync("POST /login", field + "\r\n", "{\"token\":\"our-token\"}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_by_cookie_needs_the_mark_and_one_by_token_does_not()
    {
        Assert.Contains("MarkNeeded", await _host.AskAsync("POST /api/exits/direct/disable", _cookie), StringComparison.Ordinal);
        Assert.Contains("MarkNeeded", await _host.AskAsync("POST /api/exits/direct/disable", _cookie + "X-MultiExit: 2\r\n"), StringComparison.Ordinal);
        Assert.True(_host.Server.Gateway.GetExits()[0].Enabled);
        Assert.StartsWith("HTTP/1.1 200 ", await _host.AskAsync("POST /api/exits/direct/disable", _cookie + DashboardHost.Mark), StringComparison.Ordinal);
        Assert.False(_host.Server.Gateway.GetExits()[0].Enabled);
        Assert.StartsWith("HTTP/1.1 200 ", await _host.AskAsync("POST /api/exits/direct/enable", DashboardHost.Bearer), StringComparison.Ordinal);
        Assert.True(_host.Server.Gateway.GetExits()[0].Enabled);
    }

    private static string SourceFolder => Path.Combine(
        typeof(DashboardSiteTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "src", "MultiExit.Engine", "Dashboard");
}
