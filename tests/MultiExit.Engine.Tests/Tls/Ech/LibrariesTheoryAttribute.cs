using MultiExit.Engine.Tls.Ech.Nss;
using MultiExit.Engine.Tls.Ech.OpenSsl;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>Tests that need NSS and OpenSSL 4; skipped, with the reason, where one is missing.</summary>
internal sealed class LibrariesTheoryAttribute : TheoryAttribute
{
    public LibrariesTheoryAttribute() => Skip = EchSetup.FindReason(() => new NssBackend()) ?? EchSetup.FindReason(() => new OpenSslBackend());
}
