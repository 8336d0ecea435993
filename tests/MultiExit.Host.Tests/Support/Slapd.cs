using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running slapd of OpenLDAP on loopback ports, with a small directory in a folder of its own.</summary>
internal sealed class Slapd : IDisposable
{
    private const int Attempts = 5;

    private const string Entries =
        """
        dn: dc=example
        objectClass: domain
        dc: example

        dn: ou=people,dc=example
        objectClass: organizationalUnit
        ou: people

        dn: uid=alice,ou=people,dc=example
        objectClass: inetOrgPerson
        uid: alice
        cn: Alice
        sn: L
        userPassword: wonder
        seeAlso: cn=ops,ou=groups,dc=example
        seeAlso: cn=a bad name,ou=groups,dc=example

        dn: uid=bob\2c the (builder)\2a,ou=people,dc=example
        objectClass: inetOrgPerson
        uid: bob, the (builder)*
        cn: Bob
        sn: B
        userPassword: can

        dn: uid=twin,ou=people,dc=example
        objectClass: inetOrgPerson
        uid: twin
        cn: Twin
        sn: T
        userPassword: one

        dn: cn=Other Twin,ou=people,dc=example
        objectClass: inetOrgPerson
        uid: twin
        cn: Other Twin
        sn: T
        userPassword: one

        dn: cn=nopassword,ou=people,dc=example
        objectClass: inetOrgPerson
        uid: nopassword
        cn: nopassword
        sn: N

        dn: ou=groups,dc=example
        objectClass: organizationalUnit
        ou: groups

        dn: cn=staff,ou=groups,dc=example
        objectClass: groupOfNames
        cn: staff
        member: uid=alice,ou=people,dc=example
        member: uid=bob\2c the (builder)\2a,ou=people,dc=example

        dn: cn=guests,ou=groups,dc=example
        objectClass: groupOfNames
        cn: guests
        member: uid=twin,ou=people,dc=example

        """;

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private Slapd(TemporaryFolder folder, int port, int tlsPort)
    {
        _folder = folder;
        (Port, TlsPort) = (port, tlsPort);
        _process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.Slapd),
            ["-d", "0", "-f", Path.Combine(folder.Path, "slapd.conf"), "-h", $"ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tlsPort}/"])
        {
            RedirectStandardError = true, UseShellExecute = false,
        })!;
    }

    public int Port { get; }

    public int TlsPort { get; }

    /// <summary>Starts one.</summary>
    /// <param name="certificate">Its certificate, PEM.</param>
    /// <param name="key">Its key, PEM.</param>
    public static async Task<Slapd> StartAsync(string certificate, string key)
    {
        TemporaryFolder folder = new();
        string conf = Path.Combine(folder.Path, "slapd.conf"), entries = Path.Combine(folder.Path, "entries.ldif");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "cert.pem"), certificate);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key.pem"), key);
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        await File.WriteAllTextAsync(entries, Entries);
        await File.WriteAllTextAsync(conf, $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            pidfile {folder.Path}/slapd.pid
            TLSCertificateFile {folder.Path}/cert.pem
            TLSCertificateKeyFile {folder.Path}/key.pem
            database mdb
            suffix dc=example
            rootdn cn=admin,dc=example
            rootpw secret
            directory {folder.Path}/data
            index uid eq

            """);
        await Shell.RunAsync($"/usr/sbin/slapadd -f {conf} -l {entries}");
        // Another process may take a free port before slapd does.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Slapd server = new(folder, OwnEndPoints.NextPort(), OwnEndPoints.NextPort());
            if (await LocalServer.AnswersAsync(server._process, new IPEndPoint(IPAddress.Loopback, server.TlsPort)).WaitAsync(HostProcess.Limit)) return server;
            server.End();
        }
        folder.Dispose();
        throw new InvalidOperationException("slapd did not start");
    }

    /// <summary>Stops it where it stands: it takes connections and says nothing.</summary>
    public Task FreezeAsync() => Shell.RunAsync(string.Create(CultureInfo.InvariantCulture, $"kill -STOP {_process.Id}"));

    /// <summary>It goes on.</summary>
    public Task ThawAsync() => Shell.RunAsync(string.Create(CultureInfo.InvariantCulture, $"kill -CONT {_process.Id}"));

    public void Dispose()
    {
        End();
        _folder.Dispose();
    }

    private void End()
    {
        LocalServer.End(_process);
    }
}
