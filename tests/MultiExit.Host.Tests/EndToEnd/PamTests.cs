using System.Net;
using System.Text;
using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Linux-PAM and its own modules, by services that are there for a test alone.</summary>
public sealed class PamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _services = [];

    public void Dispose()
    {
        foreach (string service in _services) File.Delete(service);
        _folder.Dispose();
    }

    [RequiresFact(ExternalTool.Pam)]
    public async Task The_modules_get_the_name_the_password_and_the_address_and_decide()
    {
        PamAuthConfig config = ServiceBy("read -r password || true; test \"$PAM_USER:$password:$PAM_RHOST:$PAM_TYPE\" = 'älice:p w:192.0.2.7:auth'");
        Assert.Equal("älice", (await AskAsync(config, "älice", "p w")).User?.Name);
        Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "älice", "pw")).Verdict);
        Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "bob", "p w")).Verdict);
        Assert.Equal(BackEndVerdict.Denied, (await AskAsync(config, "älice", "")).Verdict);
    }

    [RequiresFact(ExternalTool.Pam)]
    public async Task An_account_that_may_not_log_in_is_denied_and_a_module_that_is_not_there_is_an_outage()
    {
        PamAuthConfig expired = Service("auth required pam_permit.so\naccount required pam_deny.so\n");
        Assert.Equal(BackEndVerdict.Denied, (await AskAsync(expired, "alice", "pw")).Verdict);
        PamAuthConfig open = Service("auth required pam_permit.so\naccount required pam_permit.so\n");
        Assert.Equal(BackEndVerdict.Allowed, (await AskAsync(open, "alice", "pw")).Verdict);
        BackEndAnswer broken = await AskAsync(Service("auth required pam_multiexit_missing.so\naccount required pam_permit.so\n"), "alice", "pw");
        Assert.Equal(BackEndVerdict.Unavailable, broken.Verdict);
        Assert.StartsWith("pam_authenticate: ", broken.Reason, StringComparison.Ordinal);
        Assert.Contains("there is no service multiexit-test-none", Assert.Throws<ProxyException>(() => new PamBackEnd(new("multiexit-test-none"))).Message,
            StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Pam)]
    public async Task Modules_that_hang_hold_eight_threads_and_no_more()
    {
        string open = Path.Combine(_folder.Path, "open");
        PamAuthConfig config = ServiceBy($"while [ ! -e {open} ]; do sleep 0.02; done");
        using PamBackEnd backEnd = new(config);
        Task<BackEndAnswer>[] hanging = [.. Enumerable.Range(0, backEnd.MaxAtOnce).Select(i => backEnd.AskAsync(Question("alice", $"{i}"), default))];
        BackEndAnswer more = await backEnd.AskAsync(Question("alice", "more"), default).WaitAsync(HostProcess.Limit);
        Assert.Equal((BackEndVerdict.Unavailable, "8 logins hang in its modules"), (more.Verdict, more.Reason));
        await File.WriteAllTextAsync(open, "");
        foreach (Task<BackEndAnswer> each in hanging) Assert.Equal(BackEndVerdict.Allowed, (await each.WaitAsync(HostProcess.Limit)).Verdict);
        Assert.Equal(BackEndVerdict.Allowed, (await AskAsync(config, "alice", "again")).Verdict);
    }

    [RequiresFact(ExternalTool.Pam, ExternalTool.Curl)]
    public async Task Curl_comes_in_by_a_service_of_the_system()
    {
        PamAuthConfig service = ServiceBy("read -r password || true; test \"$password\" = wonder");
        string file = Path.Combine(_folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, $$"""
            inbounds: [{ name: lan, type: mixed, listen: "127.0.0.1:0", auth: { pam: { service: {{service.Service}}, timeout: 20s } } }]
            """);
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        foreach ((string login, bool right) in new[] { ("alice:wonder", true), ("alice:wrong", false), ("bob:wonder", true) })
        {
            foreach (string scheme in new[] { "socks5h", "http" })
            {
                (int exitCode, _, _) = await Curl.RunAsync(
                    "--fail", "--proxy", $"{scheme}://{login}@{proxy.Address}", "--output", "/dev/null", $"{origin.Url}/bytes/100");
                Assert.Equal(right, exitCode == 0);
            }
        }
    }

    // pam_exec fails as a system error; what follows makes a denial of it.
    private PamAuthConfig ServiceBy(string script) => Service(
        $"auth [success=done default=ignore] pam_exec.so expose_authtok quiet {Script(script)}\nauth required pam_deny.so\n"
        + "account required pam_permit.so\n");

    private PamAuthConfig Service(string text)
    {
        string name = $"multiexit-test-{Guid.NewGuid():N}";
        _services.Add($"/etc/pam.d/{name}");
        File.WriteAllText(_services[^1], text);
        return new PamAuthConfig(name);
    }

    private string Script(string text)
    {
        string path = Path.Combine(_folder.Path, $"script-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task<BackEndAnswer> AskAsync(PamAuthConfig config, string name, string password)
    {
        using PamBackEnd backEnd = new(config);
        BackEndAnswer answer;
        // Another test may hold the threads of the process.
        do answer = await backEnd.AskAsync(Question(name, password), default).WaitAsync(HostProcess.Limit);
        while (answer.Reason?.EndsWith("hang in its modules", StringComparison.Ordinal) == true);
        return answer;
    }

    private static BackEndQuestion Question(string name, string password) =>
        new(name, Encoding.UTF8.GetBytes(password), "lan", IPAddress.Parse("192.0.2.7"));
}
