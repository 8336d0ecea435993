using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Users with hashes, and what the library that computes them costs a server before the first login.</summary>
public sealed class HashedUserTests : IDisposable
{
    private const string Hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"; // U*U
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_library_is_opened_with_the_first_hash_and_not_before()
    {
        string file = Path.Combine(_folder.Path, "edge.yaml");
        string users = $"{{ alice: {{ password_hash: \"{Hash}\" }} }}";
        await File.WriteAllTextAsync(file, $"inbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", users: {users} }}]");
        using HttpOrigin origin = new();
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        if (OperatingSystem.IsLinux()) Assert.DoesNotContain("BouncyCastle", proxy.Maps, StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync($"socks5h://alice:U*U@{proxy.Address}")).ExitCode);
        Assert.Equal(0, (await GetAsync($"http://alice:U*U@{proxy.Address}")).ExitCode);
        Assert.NotEqual(0, (await GetAsync($"socks5h://alice:wrong@{proxy.Address}")).ExitCode);
        if (OperatingSystem.IsLinux()) Assert.Contains("BouncyCastle", proxy.Maps, StringComparison.Ordinal);

        Task<(int ExitCode, string Hash)> GetAsync(string through) => Curl.HashAsync("--fail", "--proxy", through, origin.Url + "/bytes/1000");
    }
}
