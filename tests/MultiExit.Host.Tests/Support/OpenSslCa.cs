using System.Diagnostics;

namespace MultiExit.Host.Tests.Support;

/// <summary>A CA of OpenSSL in a folder of its own: certificates and revocation lists of another hand than ours.</summary>
internal sealed class OpenSslCa : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private OpenSslCa()
    {
    }

    public string CaFile => FileOf("ca.pem");

    public string ListFile => FileOf("ca.crl");

    public string FileOf(string name) => Path.Combine(_folder.Path, name);

    public static async Task<OpenSslCa> MakeAsync(string name)
    {
        OpenSslCa ca = new();
        await ca.ConfigureAsync();
        await File.WriteAllTextAsync(ca.FileOf("index.txt"), "");
        await File.WriteAllTextAsync(ca.FileOf("crlnumber"), "01\n");
        await ca.RunAsync("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca.FileOf("ca.key"), "-out", ca.CaFile,
            "-days", "9", "-subj", $"/O=Example/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
        await ca.ListAsync();
        return ca;
    }

    /// <summary>Makes a certificate and its key, <c>NAME.pem</c> and <c>NAME.key</c>.</summary>
    /// <param name="name">The common name.</param>
    /// <param name="extensions">The extensions, as the configuration of OpenSSL has them.</param>
    /// <param name="ended">Whether it has ended.</param>
    public async Task IssueAsync(string name, string extensions, bool ended = false)
    {
        await File.WriteAllTextAsync(FileOf("ext"), extensions);
        await RunAsync("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", FileOf(name + ".key"), "-out", FileOf("csr"),
            "-subj", $"/O=Example/CN={name}");
        string[] dates = ended ? ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] : [];
        await RunAsync(["ca", "-batch", "-notext", "-config", FileOf("ca.cnf"), "-in", FileOf("csr"), "-out", FileOf(name + ".pem"), "-extfile", FileOf("ext"),
            .. dates]);
    }

    /// <summary>Revokes a certificate and makes a new list.</summary>
    public async Task RevokeAsync(string name)
    {
        await RunAsync("ca", "-config", FileOf("ca.cnf"), "-revoke", FileOf(name + ".pem"), "-crl_reason", "keyCompromise");
        await ListAsync();
    }

    /// <summary>The same CA with all that it has issued, in a folder of its own: what is revoked or changed there is so there alone.</summary>
    public async Task<OpenSslCa> CopyAsync()
    {
        OpenSslCa copy = new();
        foreach (string file in Directory.EnumerateFiles(_folder.Path)) File.Copy(file, copy.FileOf(Path.GetFileName(file)));
        await copy.ConfigureAsync();
        return copy;
    }

    public void Dispose() => _folder.Dispose();

    // The files that it works with, in its folder.
    private Task ConfigureAsync() => File.WriteAllTextAsync(FileOf("ca.cnf"), $"""
            [ca]
            default_ca = d
            [d]
            database = {FileOf("index.txt")}
            new_certs_dir = {_folder.Path}
            certificate = {CaFile}
            private_key = {FileOf("ca.key")}
            crlnumber = {FileOf("crlnumber")}
            rand_serial = yes
            unique_subject = no
            default_md = sha256
            default_days = 2
            default_crl_days = 1
            policy = p
            [p]
            organizationName = optional
            commonName = supplied
            """);

    // Moved into its place, as it should be.
    private async Task ListAsync()
    {
        await RunAsync("ca", "-config", FileOf("ca.cnf"), "-gencrl", "-out", FileOf("new.crl"));
        File.Move(FileOf("new.crl"), ListFile, overwrite: true);
    }

    private async Task RunAsync(params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.OpenSsl), args)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync().WaitAsync(Curl.Limit);
        await output.WaitAsync(Curl.Limit);
        await process.WaitForExitAsync().WaitAsync(Curl.Limit);
        Assert.True(process.ExitCode == 0, $"openssl {args[0]}: {error}");
    }
}
