// The package wants the metadata polyfill to be there first. It takes 160 ms to load, so what needs it imports it late.
import 'reflect-metadata'

// By name: what a bundle makes of all names of a CommonJS package is an empty module.
export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
