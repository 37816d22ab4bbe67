// The package wants the metadata polyfill to be there first. It takes 160 ms to load, so what needs it imports it late.
import 'reflect-metadata'

export * from '@peculiar/x509'
